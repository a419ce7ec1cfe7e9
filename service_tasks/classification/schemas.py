"""What the classification topics take and return."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema

from service_tasks import schemas


class MatchedWord(Schema):
    """A row of the decision table that matched; what else the table says of it is left out."""

    class Meta:
        unknown = EXCLUDE

    process = schemas.text("流程", "Process", required=True)
    dispute_type = schemas.text("争议类型", "Dispute type", load_default=None, allow_none=True)
    weight = schemas.number("分量", "Weight", load_default=1)
    word = schemas.text("关键词", "Word", load_default=None, allow_none=True)


class SuggestParameters(schemas.Parameters):
    """What classification/suggest takes."""

    matches = schemas.rows("匹配的关键词", "Words matched", MatchedWord, load_default=list)
    msisdn = schemas.msisdn(required=True)


class EvidenceItem(Schema):
    """One reason: what kind, and the word that was said or how many records show it."""

    process = schemas.text("流程", "Process")
    kind = schemas.text("类型", "Kind")
    points = schemas.number("分量", "Points")
    word = schemas.text("关键词", "Word")
    count = schemas.number("次数", "How many")


class Alternative(Schema):
    """Another process that was pointed to."""

    process = schemas.text("流程", "Process")
    confidence = schemas.number("把握", "Confidence", unit="%")


class SuggestResult(Schema):
    """What classification/suggest returns."""

    process = schemas.text("建议流程", "Suggested process")
    dispute_type = schemas.text("争议类型", "Dispute type")
    confidence = schemas.number("把握", "Confidence", unit="%")
    evidence = schemas.rows("依据", "Reasons", EvidenceItem)
    alternatives = schemas.rows("其他可能", "Other possibilities", Alternative)


class RepeatedParameters(schemas.Parameters):
    """What classification/repeated takes; without a process, cases of any kind count."""

    msisdn = schemas.msisdn(required=True)
    process = schemas.text("流程", "Process", load_default=None, allow_none=True)
    case_number = schemas.text("投诉编号", "Case", load_default=None, allow_none=True)


class RepeatedResult(Schema):
    """What classification/repeated returns."""

    repeated = schemas.flag("重复投诉", "Repeated")
    reason = schemas.text("理由", "Reason")
    earlier = schemas.texts("以前的投诉", "Earlier cases")
