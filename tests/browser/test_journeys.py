"""Every process of the manual from the counter to the reply, through the pages, each step by a person of the department it belongs to."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.office import BOTH, Office

pytestmark = [pytest.mark.browser, pytest.mark.slow]


WHY = {
    "派过工单": "A department was asked by a work order",
    "抽查": "Drawn in the sample",
}


def concluded(office_in_browser: Office, case: str, *, because: str = "", own_fault: bool = False) -> None:
    """How every case ends after the reply: evaluated where something calls for it (CH1.4), `because` of that or drawn in the sample; its cause analysed (CH1.5)."""
    step, page = office_in_browser.named("评估处理结果"), office_in_browser.of("rob")
    page.goto(f"/tasks?text={case}")
    if because or page.locator("main tbody").get_by_role("link", name=step, exact=True).count():
        why = because or "抽查"
        expect(office_in_browser.opens("rob", case, "评估处理结果").locator("main")).to_contain_text(
            why if office_in_browser.language == "zh" else WHY[why]
        )
        answers = {"handled_completely": "yes", "handled_by_the_rules": "yes", "follow_up_needed": "no"}
        office_in_browser.does("rob", case, "评估处理结果", **answers)
    cause = {"own_fault": "yes", "responsible_group": "service_hall"} if own_fault else {"own_fault": "no"}
    office_in_browser.does("rob", case, "分析投诉原因", **cause, cause_analysis="已向当班人员核实")


def assert_closed(
    office_in_browser: Office, case: str, *, told: list[str], money: list[tuple[str, str]], sent: str = ""
) -> None:
    """The case page: closed, the sentences of its history, the coloured diagram, the money as (kind, amount), the message if one was sent."""
    page = office_in_browser.case("cleo", case)
    expect(page.locator(".desk-sub")).to_contain_text("已办结" if office_in_browser.language == "zh" else "closed")
    for sentence in told:
        expect(page.locator(".desk-timeline")).to_contain_text(sentence)
    office_in_browser.case("cleo", case, "diagram")
    first = page.locator(".desk-diagram").first
    expect(first).to_have_attribute("data-ready", "true")
    assert first.locator(".desk-done").count() > 2
    assert first.locator(".desk-taken").count() > 2
    office_in_browser.case("cleo", case, "money")
    rows = page.locator("main table").first.locator("tbody tr")
    expect(rows).to_have_count(len(money))
    for row, (kind, amount) in zip(rows.all(), money, strict=True):
        expect(row).to_contain_text(kind)
        expect(row).to_contain_text(amount)
    office_in_browser.case("cleo", case, "messages")
    messages = page.locator(".desk-task-form [data-channel=sms] .desk-quote")
    expect(messages).to_have_count(1 if sent else 0)
    if sent:
        expect(messages).to_contain_text(sent)
    assert office_in_browser.complaints == []


def order_of(office_in_browser: Office, case: str) -> str:
    """The work order that a case has sent, as its page tells."""
    page = office_in_browser.case("cleo", case, "orders")
    return page.locator(".desk-task-form h2 .desk-mono").first.inner_text()


def month_end(office_in_browser: Office, month: str) -> None:
    """Accounting hands the month's summary in and marketing runs the pricing (BATCH-001)."""
    office_in_browser.until(f"{month}-26")
    office_in_browser.does("ivan", f"PC-{month}", "核对并上交汇总表", summary_checked=True)
    page = office_in_browser.opens("mara", f"PC-{month}", "执行二次批价")
    with page.expect_download() as handed_over:
        page.locator("a[download]").click()
    page.locator("[type=file]").set_input_files(handed_over.value.path())
    page.locator("[data-submit-default]").click()
    expect(page.locator(".desk-note-ok, .desk-note-wait")).to_be_visible()
    office_in_browser.until(f"{month}-26")


def thursday(office_in_browser: Office, day: str) -> None:
    """The week's holds are collected and checked together (BATCH-002)."""
    office_in_browser.until(day, "15:00")
    office_in_browser.does("kay", f"GZ-{day}", "汇总本周挂帐", form_count="1", form_difference="按实收份数")
    office_in_browser.does("amy", f"GZ-{day}", "核对挂帐清单", holds_checked=True, resolution="挂帐已统一核对")


def test_ts001_charge_dispute(office_in_browser: Office) -> None:
    """A ring-back tone nobody ordered: our fault, verified, credited by the month-end run, replied."""
    said = "没有开通彩铃，帐单上却有彩铃功能费"
    case = office_in_browser.take_in(
        "cleo", "13900000101", said=said, demand="退还功能费", amount="5.00", process="费用争议投诉处理流程"
    )
    office_in_browser.does("cleo", case, "受理费用争议", explained_first=True)
    office_in_browser.does(
        "cleo",
        case,
        "判断争议原因",
        finding="staff",
        error_kind="unrequested_order",
        responsible_person="李某",
        finding_note="受理单上没有彩铃",
        responsible_department="service_hall",
    )
    office_in_browser.does(
        "cleo",
        case,
        "核实并确定处理",
        arose_roaming="no",
        service_used="no",
        tariff_doubted="no",
        action="function_fee",
        disputed_lines="bill-item:2026-02:2 5.00",
        repayment_method="credit",
    )
    office_in_browser.does("cleo", case, "填二次批价汇总表", resolution="随本月二次批价冲减", reply_channel="counter")
    month_end(office_in_browser, "2026-03")
    office_in_browser.until("2026-04-02")
    office_in_browser.does("cleo", case, "回复客户", resolution="5 元功能费已在三月帐单冲减", reply_channel="phone")
    office_in_browser.does("sam", case, "指明承担人", unit_kind="own", liable_unit="香洲专业厅", liable_person="李某")
    office_in_browser.does(
        "sam", case, "听取当事人意见", answered_by="supervisor", heard_how="当天电话告知", liable_objects="no"
    )
    concluded(office_in_browser, case, own_fault=True)
    assert_closed(
        office_in_browser,
        case,
        told=["办完：判断争议原因", "客户没有要求", "5.00 元"],
        money=[("二次批价", "5.00 元")],
        sent="将随 2026-03 的二次批价记入",
    )


def assert_refunded_in_cash(office_in_browser: Office) -> None:
    """TS-002 with a receipt: cash paid out at the counter."""
    said = "营业员错办了商务套餐，要求退款"
    case = office_in_browser.take_in(
        "cleo", "13900000201", said=said, demand="退现金", amount="88.00", process="话费退、减、免处理流程"
    )
    fault = {"error_kind": "wrong_order", "responsible_person": "李某"}
    office_in_browser.does("cleo", case, "判断投诉原因", finding="staff", **fault, finding_note="底单与录入不符")
    picked = {"disputed_lines": "88.00", "right_delivered": "no", "refund_kind": "charge"}
    office_in_browser.does("cleo", case, "询问票据和退款", **picked, receipt_held="yes", repayment_method="cash")
    office_in_browser.does(
        "cleo",
        case,
        "收票据并确认金额",
        receipt_number="SJ-0201",
        refund_amount="88.00",
        receipt_taken_back=True,
        customer_signed=True,
    )
    office_in_browser.does("cleo", case, "回复客户", reply_channel="counter")
    office_in_browser.does("sam", case, "指明承担人", unit_kind="own", liable_unit="拱北厅", liable_person="李某")
    office_in_browser.does(
        "sam", case, "听取当事人意见", answered_by="supervisor", heard_how="当天电话告知", liable_objects="no"
    )
    concluded(office_in_browser, case, own_fault=True)
    zh = office_in_browser.language == "zh"
    assert_closed(
        office_in_browser,
        case,
        told=["李某", "SJ-0201", "88.00 元" if zh else "¥88.00"],
        money=[("退话费", "88.00 元") if zh else ("charge paid back", "¥88.00")],
    )


@pytest.mark.parametrize("language", BOTH)
def test_ts002_refund(office_in_browser: Office, language: str) -> None:
    """A wrong order whose charge was paid is refunded in cash against the receipt, in Chinese and in English."""
    office_in_browser.language = language
    assert_refunded_in_cash(office_in_browser)


@pytest.mark.long
@pytest.mark.postgresql
def test_ts002_refund_on_postgresql(office_on_postgresql: Office) -> None:
    """The same course on PostgreSQL."""
    assert_refunded_in_cash(office_on_postgresql)


def test_ts003_secondary_pricing(office_in_browser: Office) -> None:
    """A monthly fee charged twice waits for the month-end run, is credited and checked on the next bill."""
    said = "月租费收了两次，请二次批价冲减"
    case = office_in_browser.take_in(
        "cleo", "13900000301", said=said, demand="冲减", amount="50.00", process="二次批价处理流程"
    )
    office_in_browser.does("cleo", case, "查明原因", finding="technology", finding_note="月租费收了两次")
    office_in_browser.does(
        "cleo", case, "确定费用处理", action="monthly_fee", disputed_lines="bill-item:2026-02:2 50.00"
    )
    office_in_browser.does("cleo", case, "填二次批价汇总表", resolution="随本月二次批价冲减", reply_channel="counter")
    month_end(office_in_browser, "2026-03")
    office_in_browser.does("cleo", case, "回复客户", resolution="50 元已在三月帐单冲减", reply_channel="phone")
    office_in_browser.until("2026-04-02")
    concluded(office_in_browser, case)
    assert_closed(
        office_in_browser,
        case,
        told=["办完：填二次批价汇总表", "50.00 元"],
        money=[("二次批价", "50.00 元")],
        sent="与您投诉有关的 50.00 元将随 2026-03 的二次批价记入",
    )


def test_ts004_recharge_card(office_in_browser: Office) -> None:
    """A card loaded onto a number that was never in service is moved to the right one by the data team."""
    case = office_in_browser.take_in(
        "cleo",
        "13900000401",
        said="缴费卡充错了，充到空号上",
        demand="充到我的号码",
        amount="50.00",
        process="缴费卡充值到无效/销号号码投诉处理流程",
    )
    office_in_browser.does("gina", case, "登记缴费卡资料", card_check="query", serial="8800000401", pin="400001")
    office_in_browser.does("gina", case, "登记正确号码", target_msisdn="13900000401")
    office_in_browser.does("dan", case, "核对派单数据", transfer_answer="agree")
    office_in_browser.does(
        "gina", case, "回复并跟踪结果", resolution="50 元已转入您的号码", arrived=True, reply_channel="phone"
    )
    concluded(office_in_browser, case)
    assert_closed(
        office_in_browser, case, told=["8800000401", "50 元已转入您的号码"], money=[("充值款转移", "50.00 元")]
    )


def test_ts005_border_roaming(office_in_browser: Office) -> None:
    """Calls that alternate over the border are found, confirmed by the optimisation room, held and credited on Thursday."""
    said = "我没有离开珠海，却收了漫游费"
    case = office_in_browser.take_in(
        "cleo", "13900000501", said=said, demand="退还漫游费", amount="15.90", process="漫游话费争议投诉处理流程"
    )
    office_in_browser.does(
        "cleo", case, "解释漫游收费", explanation_accepted="no", resolution="已解释漫游计费", reply_channel="counter"
    )
    office_in_browser.does(
        "cleo", case, "建立投诉单", call_since="2026-02-01", call_until="2026-02-28", complaint_detail="一直在拱北上班"
    )
    page = office_in_browser.opens("cleo", case, "判断是否成立")
    expect(page.locator(".desk-task-evidence")).to_contain_text("澳门")
    office_in_browser.does("cleo", case, "判断是否成立", roaming_verdict="established")
    office_in_browser.does("cleo", case, "了解通话地点", call_places="拱北口岸附近", listed_in_attachment="no")
    office_in_browser.does("tom", case, "核实通话小区", cells_confirmed="yes", cells_note="受邻网覆盖")
    page = office_in_browser.opens("cleo", case, "划出应退款项")
    expect(page.locator("[data-lines-total]")).to_have_text("15.90 元")
    expect(page.locator("[data-lines-twice]")).to_be_hidden()
    office_in_browser.does("cleo", case, "划出应退款项")
    improved = {"improvement_owner": "网优室李工", "improvement_by": "2026-05-29"}
    office_in_browser.does(
        "cleo", case, "归档并反映地点", customer_filed=True, coverage_report="拱北口岸受邻网覆盖", **improved
    )
    office_in_browser.does("cleo", case, "建议冲减话费", credit_accepted="no")
    office_in_browser.does("cleo", case, "劝说并确认意见", repayment_way="hold", objection="先冲减再交费")
    office_in_browser.does("cleo", case, "回复处理结果", resolution="核定 15.90 元", reply_channel="phone")
    thursday(office_in_browser, "2026-03-05")
    office_in_browser.does("amy", case, "核算挂帐款项", hold_outcome="credited", resolution="15.90 元已冲减")
    office_in_browser.does(
        "cleo", case, "通知到帐或未退", posting_seen=True, resolution="15.90 元已冲减", reply_channel="phone"
    )
    concluded(office_in_browser, case)
    assert_closed(
        office_in_browser,
        case,
        told=["受邻网覆盖", "15.90 元"],
        money=[("转入挂帐", "15.90 元"), ("挂帐冲减", "15.90 元")],
        sent="您有争议的话费 15.90 元已挂帐",
    )


def test_ts006_orphan_monternet(office_in_browser: Office) -> None:
    """A Monternet fee after cancellation is held, credited on Thursday, and watched over the next month."""
    said = "号码已销号，还在收梦网信息费"
    case = office_in_browser.take_in(
        "cleo", "13900000601", said=said, demand="退还", amount="10.00", process="梦网无主话单投诉处理流程"
    )
    office_in_browser.does(
        "cleo", case, "了解号码变动情况", charged_msisdn="13900000601", number_event="cancelled", event_on="2026-02-05"
    )
    office_in_browser.does("cleo", case, "判断是否无主话单", orphan_confirmed="yes")
    office_in_browser.does("cleo", case, "填写登记表", site="虚构梦网站点")
    thursday(office_in_browser, "2026-03-05")
    office_in_browser.does("amy", case, "核算挂帐款项", hold_outcome="credited", resolution="10 元已冲减")
    office_in_browser.does("cleo", case, "回复客户", resolution="梦网费已冲减", reply_channel="phone")
    office_in_browser.until("2026-05-06")
    office_in_browser.does("ivan", case, "登记省公司答复", province_answer="accepted", province_note="第 12 号函")
    office_in_browser.does("cleo", case, "留意是否再次投诉", complained_again="no")
    concluded(office_in_browser, case)
    assert_closed(
        office_in_browser,
        case,
        told=["虚构梦网站点", "10.00 元"],
        money=[("转入挂帐", "10.00 元"), ("挂帐冲减", "10.00 元")],
        sent="您有争议的话费 10.00 元已挂帐",
    )


def test_ts007_ultra_short_calls(office_in_browser: Office) -> None:
    """Two calls of three seconds or less are credited on Thursday while the monitoring room searches for the cause."""
    said = "清单上有三秒以内的长途，没有接通也收费"
    case = office_in_browser.take_in(
        "cleo", "13900000701", said=said, demand="退还", amount="2.80", process="超短话单投诉处理流程"
    )
    office_in_browser.does("cleo", case, "登记清单时段", call_since="2026-02-01", call_until="2026-02-28")
    office_in_browser.does("cleo", case, "确认核查结果", ultra_short_confirmed="yes")
    office_in_browser.does("cleo", case, "回复客户", resolution="将冲减 2.80 元", reply_channel="phone")
    office_in_browser.does("cleo", case, "派单监控室查因", dispatch_text="请查明两次超短长途的显示原因")
    found = {"order_finding": "technology", "order_cause": "话单过滤程序漏判", "order_proposal": "修正过滤条件"}
    order = order_of(office_in_browser, case)
    office_in_browser.does("mona", order, "查明原因并答复", answer_way="answer", **found)
    office_in_browser.does("olga", order, "核实原因和处理意见", order_verified="yes")
    thursday(office_in_browser, "2026-03-05")
    office_in_browser.does("amy", case, "核算挂帐款项", hold_outcome="credited", resolution="2.80 元已冲减")
    office_in_browser.does(
        "cleo", case, "跟进冲减与查因", credit_seen=True, resolution="2.80 元已冲减", reply_channel="phone"
    )
    concluded(office_in_browser, case, because="派过工单")
    assert_closed(
        office_in_browser,
        case,
        told=["2.80 元已冲减", "2.80 元"],
        money=[("转入挂帐", "2.80 元"), ("挂帐冲减", "2.80 元")],
        sent="您有争议的话费 2.80 元已挂帐",
    )


@pytest.mark.parametrize("language", BOTH)
def test_ts008_direct_debit(office_in_browser: Office, language: str) -> None:
    """An account keyed wrongly: the late fee is waived by the supervisor and accounting, the mandate renewed, the next debit watched."""
    office_in_browser.language = language
    said = "银行托收没有扣款，还收了滞纳金"
    case = office_in_browser.take_in(
        "cleo", "13900000801", said=said, demand="减免滞纳金", amount="3.00", process="托收失败投诉处理流程"
    )
    mandate = {"bank": "工商银行", "account": "6222020000000000801", "holder": "虚构客户0801"}
    office_in_browser.does("cleo", case, "了解托收资料", **mandate, failure_text="二月没有扣成")
    office_in_browser.does("cleo", case, "判断失败原因", failure_cause="keying_error", operator_fault="yes")
    office_in_browser.does("cleo", case, "修改托收资料", correction="帐号末位更正", charge_arisen="yes")
    office_in_browser.does("cleo", case, "填写减免申请", relief_reason="录入错误")
    office_in_browser.does("sam", case, "主管批示", relief_approved="yes", approval_opinion="同意减免")
    office_in_browser.does("amy", case, "核算室复核金额", second_approved="yes", second_opinion="复核无误")
    office_in_browser.does("cleo", case, "录入托收资料", **mandate)
    office_in_browser.does(
        "cleo", case, "回复并告知事项", notes_told=True, resolution="托收已重办", reply_channel="counter"
    )
    office_in_browser.does("sam", case, "指明承担人", unit_kind="own", liable_unit="香洲专业厅", liable_person="李某")
    office_in_browser.does(
        "sam", case, "听取当事人意见", answered_by="supervisor", heard_how="当天电话告知", liable_objects="no"
    )
    office_in_browser.until("2026-04-17")
    office_in_browser.does("cleo", case, "核查下次扣款", debit_succeeded="yes")
    concluded(office_in_browser, case, own_fault=True)
    zh = office_in_browser.language == "zh"
    assert_closed(
        office_in_browser,
        case,
        told=["帐号末位更正", "同意减免"],
        money=[("减免滞纳金", "3.00 元") if zh else ("late fee waived", "¥3.00")],
    )
