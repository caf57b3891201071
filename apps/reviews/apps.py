from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "apps.reviews"
    verbose_name = _("reviews")

    def ready(self) -> None:
        from apps.accounts.services import register_exporter
        from apps.common import turns
        from apps.interview.signals import assessed

        from .export import export
        from .models import ReviewAnswer
        from .scheduling import follow_marks

        register_exporter("reviews", export)
        turns.register(ReviewAnswer, "user")
        assessed.connect(follow_marks, dispatch_uid="reviews.follow_marks")
