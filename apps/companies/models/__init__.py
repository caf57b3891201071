from .companies import Company, CompanyAlias, needs_a_letter
from .following import CompanyFollow
from .pages import AllowedHost, CompanyPage
from .runs import SummaryJob, SummaryRun
from .sources import SourceText
from .summaries import Summary

__all__ = [
    "AllowedHost",
    "Company",
    "CompanyAlias",
    "CompanyFollow",
    "CompanyPage",
    "SourceText",
    "Summary",
    "SummaryJob",
    "SummaryRun",
    "needs_a_letter",
]
