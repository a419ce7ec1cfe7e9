"""Demo customers whose path is decided by orders, receipts and balances: TS-001, TS-002, TS-003, TS-008 and the called processes."""

from __future__ import annotations

from typing import Any

from models.customer import SubscriptionState
from models.usage import DebitState
from office.demo.month import Case, Month

BASE = ("monthly_fee", "月租费", 5000)
WRONG_PACKAGE = {"service": "商务套餐", "agreed": "基本套餐", "keyed": "商务套餐", "monthly_fee": 8800}
CHARGED = (BASE, ("monthly_fee", "商务套餐费", 8800))


def cases(month: Month) -> list[Case]:
    """Return all of them, with what is stored for each."""
    return [
        *_charge_disputes(month),
        *_refunds(month),
        *_receiving_numbers(month),
        *_refunds_of_another_kind(month),
        *_secondary_pricing(month),
        *_direct_debits(month),
        *_called(month),
    ]


def _charge_disputes(month: Month) -> list[Case]:
    unasked = {"service": "彩铃", "agreed": None, "keyed": "彩铃", "monthly_fee": 500, "keyed_by": "专业厅01号台"}
    ordered = {"service": "来电提醒", "monthly_fee": 300}
    return [
        Case(
            "13900000101",
            "TS-001",
            "误办彩铃，功能费可二次批价",
            "A ring-back tone nobody ordered: operator's fault, goes to secondary pricing",
            {"bill": month.bill(BASE, ("function_fee", "彩铃功能费", 500)), "orders": [unasked]},
        ),
        Case(
            "13900000102",
            "TS-001",
            "客户自己办理的业务，解释后接受",
            "The customer's own order: explained and accepted",
            {"bill": month.bill(BASE, ("function_fee", "来电提醒功能费", 300)), "orders": [ordered]},
        ),
        Case(
            "13900000103",
            "TS-001",
            "查无差错，客户坚持，报主管审批",
            "No fault found, the customer insists: the supervisor decides",
            {"bill": month.bill(BASE, ("call", "本地通话费", 4200))},
        ),
        Case(
            "13900000104",
            "TS-001",
            "退存款：存款 200.00 元，存款收据在手",
            "Deposit refund: a deposit of 200 yuan and its receipt",
            {"deposit": 20000, "receipts": [_receipt("SJ-0104", "deposit", 20000)]},
        ),
    ]


def _refunds(month: Month) -> list[Case]:
    return [
        Case(
            "13900000201",
            "TS-002",
            "错办，话费已缴，持原始收据，退现金",
            "Wrong order, charge paid, receipt held: cash",
            {
                "bill": month.bill(*CHARGED, paid=True),
                "receipts": [_receipt("SJ-0201", "charge", 13800)],
                "orders": [WRONG_PACKAGE],
            },
        ),
        Case(
            "13900000202",
            "TS-002",
            "错办，收据遗失，不退现金，冲减话费",
            "Wrong order, receipt lost: no cash, credit against the bill",
            {"bill": month.bill(*CHARGED), "orders": [WRONG_PACKAGE]},
        ),
        Case(
            "13900000203",
            "TS-002",
            "预付金争议，持收据，先支取再退现金",
            "Disputed prepayment with receipt: withdrawn, then paid in cash",
            {"prepayment": 10000, "receipts": [_receipt("SJ-0203", "prepayment", 10000)]},
        ),
        Case(
            "13900000204",
            "TS-002",
            "预付金转到 13900000205",
            "Prepayment moved to 13900000205",
            {"prepayment": 8000},
        ),
    ]


def _receiving_numbers(month: Month) -> list[Case]:
    """Return numbers to which money of another may be moved, and those to which it may not."""
    return [
        Case(
            "13900000205",
            "TS-002",
            "可转入的全球通号码",
            "A GoTone number that may receive",
            {"bill": month.bill(BASE)},
        ),
        Case(
            "13900000206",
            "TS-002",
            "转入号码已销号（申请）",
            "Target cancelled on request",
            {"state": SubscriptionState.CANCELLED, "reason": "request", "state_since": month.on(3)},
        ),
        Case(
            "13900000207",
            "TS-002",
            "转入号码停机（欠费）",
            "Target suspended for arrears",
            {"state": SubscriptionState.SUSPENDED, "reason": "arrears", "state_since": month.on(20)},
        ),
        Case(
            "13900000208",
            "TS-002",
            "转入号码是预付费号码",
            "Target is a prepaid number",
            {"kind": "prepaid", "prepayment": 1500},
        ),
    ]


def _refunds_of_another_kind(month: Month) -> list[Case]:
    """Return a late fee, receipts that are spent or electronic, and less money than is disputed."""
    return [
        Case(
            "13900000209",
            "TS-002",
            "滞纳金争议，未缴",
            "Disputed late fee, not paid yet",
            {"bill": month.bill(BASE), "late_fee": 450},
        ),
        Case(
            "13900000210",
            "TS-002",
            "收据已退过款",
            "The receipt has been refunded before",
            {
                "bill": month.bill(BASE, paid=True),
                "receipts": [_receipt("SJ-0210", "charge", 5000) | {"refunded": 5000}],
            },
        ),
        Case(
            "13900000211",
            "TS-002",
            "预付金少于争议金额",
            "Less prepayment than is disputed",
            {"prepayment": 600, "receipts": [_receipt("SJ-0211", "prepayment", 3000)]},
        ),
        Case(
            "13900000212",
            "TS-002",
            "话费已缴，持电子发票，退现时红冲",
            "Charge paid, an electronic invoice: cash, and a red invoice",
            {
                "bill": month.bill(*CHARGED, paid=True),
                "receipts": [_receipt("DZ-0212", "charge", 13800) | {"medium": "electronic"}],
                "orders": [WRONG_PACKAGE],
            },
        ),
    ]


def _secondary_pricing(month: Month) -> list[Case]:
    return [
        Case(
            "13900000301",
            "TS-003",
            "月租费多收，月底二次批价",
            "Monthly fee charged twice: corrected by the month-end run",
            {"bill": month.bill(BASE, ("monthly_fee", "月租费（重复）", 5000))},
        ),
        Case(
            "13900000302",
            "TS-003",
            "二次批价漏批一次，核对后补批",
            "Left out by the next run, found by the check",
            {"bill": month.bill(BASE, ("call", "通话费", 2600)), "omitted_by_next_run": True},
        ),
    ]


def _direct_debits(month: Month) -> list[Case]:
    return [
        _debit(
            month,
            801,
            "账号录错，托收失败，产生滞纳金",
            "Account keyed wrongly, debit failed, late fee drawn",
            late_fee=300,
            mandate=_mandate(
                _account(801), _account(801) | {"account": "6222020000000000810"}, _failed("account_unknown")
            ),
        ),
        _debit(month, 802, "漏办托收", "The mandate was never keyed in", mandate=_mandate(_account(802), None)),
        _debit(
            month,
            803,
            "资料一致，余额不足",
            "Nothing keyed wrongly; the account was short of money",
            mandate=_mandate(_account(803), _account(803), _failed("insufficient_funds")),
        ),
        _debit(
            month,
            804,
            "托收正在进行，暂不能重办",
            "A debit is under way, the mandate cannot be renewed yet",
            mandate=_mandate(_account(804), _account(804)) | {"debit_under_way": True},
        ),
        _debit(
            month,
            805,
            "托收录到别的号码",
            "The mandate was keyed for another number",
            mandate=_mandate(_account(805), _account(805), _failed("account_unknown"))
            | {"keyed_msisdn": "13900000850"},
        ),
    ]


def _debit(month: Month, number: int, path_zh: str, path_en: str, **facts: Any) -> Case:
    return Case(f"13900000{number}", "TS-008", path_zh, path_en, {"bill": month.bill(BASE), **facts})


def _account(number: int) -> dict[str, str]:
    return {"bank": "工商银行", "account": f"6222020000000000{number}", "holder": f"虚构客户0{number}"}


def _called(month: Month) -> list[Case]:
    return [
        Case(
            "13900000901",
            "SUB-001",
            "已有 20.00 元挂帐，没有案件，周四批次里核定",
            "20 yuan on hold without a case, decided in Thursday's batch",
            {"bill": month.bill(BASE, ("call", "通话费", 3000)), "held": 2000},
        ),
        Case(
            "13900000902",
            "SUB-002",
            "销号（申请），预付金余 36.00 元；可换发的新卡 8800000411、8800000412",
            "Cancelled on request with 36 yuan of prepayment left; new cards in stock are 8800000411 and 8800000412",
            {"state": SubscriptionState.CANCELLED, "reason": "request", "state_since": month.on(6), "prepayment": 3600},
        ),
        Case(
            "13900000903",
            "SUB-002",
            "欠费销号，余额为零",
            "Cancelled for arrears, nothing left",
            {"state": SubscriptionState.CANCELLED, "reason": "arrears", "state_since": month.on(6)},
        ),
        Case(
            "13900000904",
            "SUB-006",
            "在银行缴 88.00 元未入帐，凭证 YH-0904",
            "88 yuan paid at a bank and not posted, proof YH-0904",
            {"bill": month.bill(("call", "通话费", 8000))},
        ),
    ]


def bank_payments() -> list[dict[str, Any]]:
    """Return what banks say they collected."""
    return [{"reference": "YH-0904", "msisdn": "13900000904", "amount": 8800}]


def _receipt(number: str, kind: str, amount: int) -> dict[str, Any]:
    return {"number": number, "kind": kind, "amount": amount}


def _mandate(account: dict[str, str], keyed: dict[str, str] | None, *debits: dict[str, Any]) -> dict[str, Any]:
    return {"agreed": account, "keyed": keyed, "debits": list(debits)}


def _failed(reason: str) -> dict[str, Any]:
    return {"amount": 5000, "state": DebitState.FAILED, "reason": reason}
