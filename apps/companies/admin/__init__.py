from .companies import AllowedHostAdmin, CompanyAdmin, CompanyPageAdmin
from .runs import SummaryRunAdmin
from .sources import SourceTextAdmin
from .summaries import SummaryAdmin

__all__ = [
    "AllowedHostAdmin",
    "CompanyAdmin",
    "CompanyPageAdmin",
    "SourceTextAdmin",
    "SummaryAdmin",
    "SummaryRunAdmin",
]
