"""The business rules that decide a segment, shared by the pipelines that ask them."""

from segmentation_model.segments.rules import SegmentRules
from segmentation_model.segments.standing import is_new_customer, is_settled, overdue_position

__all__ = ["SegmentRules", "is_new_customer", "is_settled", "overdue_position"]
