"""Django's MySQL backend for a server that has only so many connections to give.

Django names a database backend by its package and looks for ``base.DatabaseWrapper`` in it.
"""
