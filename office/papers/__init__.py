"""Papers: the forms of the manual that people sign, each with its template, and the PDF that comes of one.

What a paper says is put together by whoever asks, from the case's record; here it is only set. A template is a file of templates/ named as its paper.
"""

from __future__ import annotations

from dataclasses import dataclass

from office.papers.typesetting import NotSet, typeset

__all__ = ["PAPERS", "NotSet", "Paper", "named", "typeset"]


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper by its key, which is the name of its template and what the property `paper` of a step says.

    `edition` and `basis` are the manual's. `amounts` are the variables that hold its amount, `facts` those that are printed beside the case and what they are called,
    `reasons` those of which the first that says something is its reason; `signs` who signs, in the order of the page.
    Where one step fills in several papers, `late_fees` says on which of them the late fees stand.
    """

    key: str
    zh: str
    en: str
    manual_ref: str
    edition: str
    basis: str
    amounts: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    signs: tuple[str, ...]
    late_fees: bool = False
    numbers: tuple[tuple[str, str], ...] = ()  # the papers on which the money moved, once it has


_ALL = (
    Paper(
        key="refund_form",
        zh="退、减、免话费处理表",
        en="Refund and waiver form",
        manual_ref="TS-002.5, TS-002.11, TS-006.4, TS-008.5, SUB.1",
        edition="TS-002 第一版，2002年8月22日",
        basis="《服务管理办法》",
        amounts=("refund_amount", "credit_amount", "transfer_amount", "charge_amount", "hold_amount"),
        facts=(
            ("refund_kind", "费用类别"),
            ("repayment_method", "退还方式"),
            ("receipt_number", "票据号码"),
            ("target_msisdn", "转入号码"),
            ("finding", "核查结论"),
            ("error_kind", "差错类别"),
        ),
        reasons=("form_reason", "hold_reason", "relief_reason", "finding_note", "complaint_text"),
        signs=("客户", "经办人", "主管", "核算"),
        numbers=(
            ("refund.refund_number", "退款凭证号码"),
            ("credit.credit_note", "冲减凭证号码"),
            ("refund.replacement", "换开收据号码"),
            ("refund.red_invoice", "红字发票号码"),
        ),
    ),
    Paper(
        key="late_fee_waiver",
        zh="滞纳金减免表",
        en="Form for waiving late fees",
        manual_ref="TS-008.5",
        edition="TS-008 第一版，2002年8月22日",
        basis="《服务管理办法》",
        amounts=("waiver_amount",),
        late_fees=True,
        facts=(("relief_kind", "申请减免"), ("failure_cause", "托收失败原因")),
        reasons=("relief_reason", "complaint_text"),
        signs=("客户", "经办人", "主管", "核算"),
        numbers=(("waiver.waiver_number", "减免凭证号码"),),
    ),
    Paper(
        key="counter_receipt",
        zh="收款收据",
        en="Receipt",
        manual_ref="TS-002.5, TS-008.7",
        edition="TS-002 第一版，2002年8月22日",
        basis="话费退、减、免处理流程",
        amounts=(),
        facts=(),
        reasons=(),
        signs=("客户", "收款人"),
    ),
    Paper(
        key="work_order",
        zh="投诉处理工单",
        en="Complaint work order",
        manual_ref="CH2.4, CH2.5",
        edition="TS-001 第一版，2002年8月22日",
        basis="费用争议的一般处理流程",
        amounts=(),
        facts=(),
        reasons=(),
        signs=("派单人", "承办人", "部门主管", "核实人"),
    ),
)
PAPERS = {paper.key: paper for paper in _ALL}


def named(keys: str) -> list[Paper]:
    """Return the papers that a property of a step names, separated by commas; what nobody knows is left out."""
    return [PAPERS[key.strip()] for key in keys.split(",") if key.strip() in PAPERS]
