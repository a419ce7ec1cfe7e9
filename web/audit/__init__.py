"""Audit: what people looked at and took away, exports of evidence, and where work piles up."""
