"""What every office starts with, whoever its people and customers are: the manual's departments and its periodic duties."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select

from models.base import session
from models.duty import Duty
from models.identity import Department

# Code (candidate group), name as it stands on the lanes, English name.
DEPARTMENTS = (
    ("service_hall", "专业厅", "Service hall"),
    ("guangda_hall", "光大专业厅", "Guangda service hall"),
    ("hotline_1860", "客服1860", "Hotline 1860"),
    ("agency", "社会代办点", "Agency"),
    ("supervisor", "主管", "Supervisor"),
    ("billing_department", "营帐部门", "Billing department"),
    ("billing_centre", "营帐中心", "Billing centre"),
    ("billing_data_office", "营帐数据室", "Billing data office"),
    ("accounting_office", "核算室", "Accounting office"),
    ("accounting_team", "核算班", "Accounting team"),
    ("data_team", "数据班", "Data team"),
    ("marketing", "市场部", "Marketing department"),
    ("service_supervision", "业务监督室", "Service supervision office"),
    ("agency_office", "代办室", "Agency office"),
    ("monitoring_room", "监控室", "Monitoring room"),
    ("provincial_monitoring", "省公司监控室", "Provincial monitoring room"),
    ("switching_room", "交换室", "Switching room"),
    ("radio_room", "无线室", "Radio room"),
    ("optimisation_room", "网优室", "Network optimisation room"),
    ("network_department", "网络部", "Network department"),
    ("engineering_centre", "工程管理中心", "Engineering centre"),
    ("provincial_company", "省公司", "Provincial company"),
    ("reception_room", "接待室", "Reception room"),
    ("billing_operations", "营帐业务管理组", "Billing operations group"),
    ("service_management", "客服中心服务管理组", "Service management group"),
    ("charge_hold_desk", "挂帐处", "Charge-hold desk"),
    ("security", "保卫部", "Security department"),  # ours: somebody is told of a copied phone
    ("department_head", "部门负责人", "Head of department"),  # ours: the manual says "the department"
)


class DutyRow(NamedTuple):
    """A duty of the manual; `rule` is FEEL giving its next due instant, `manual_ref` where it comes from."""

    code: str
    title_zh: str
    title_en: str
    rule: str
    sender: str
    recipient: str
    form: str
    manual_ref: str


# "Before day n" is read as: by close of business of day n; a day that the month lacks, or a day off, moves to the working day before.
DUTIES = (
    DutyRow(
        code="DUE.1",
        title_zh="二次批价汇总",
        title_en="Secondary-pricing summary",
        rule="day_of_month(at, 30)",
        sender="专业厅",
        recipient="核算班、市场部",
        form="二次批价汇总表",
        manual_ref="DUE.1, TS-003.5",
    ),
    DutyRow(
        code="DUE.2",
        title_zh="现金退费汇总",
        title_en="Cash refunds of the month",
        rule="day_of_month(at, 26)",
        sender="专业厅",
        recipient="核算室",
        form="汇总表、退费清单",
        manual_ref="DUE.2, TS-002.6",
    ),
    DutyRow(
        code="DUE.3",
        title_zh="话费挂帐批次",
        title_en="Charge-hold batch",
        rule='next_weekday(at, "Thursday")',
        sender="专业厅、挂帐处",
        recipient="核算室",
        form="退、减、免话费处理表",
        manual_ref="DUE.3, TS-002.11",
    ),
    DutyRow(
        code="DUE.4",
        title_zh="超短话单冲减",
        title_en="Ultra-short call credits",
        rule='next_weekday(at, "Thursday")',
        sender="专业厅",
        recipient="核算班",
        form="退、减、免话费处理表",
        manual_ref="DUE.4, TS-007.3",
    ),
    DutyRow(
        code="DUE.5",
        title_zh="梦网无主话单登记",
        title_en="Register of orphan Monternet charges",
        rule="day_of_month(at, 24)",
        sender="专业厅",
        recipient="核算班、省公司",
        form="梦网业务无主话单客户登记表",
        manual_ref="DUE.5, TS-006.6",
    ),
    DutyRow(
        code="DUE.6",
        title_zh="当日奖罚情况",
        title_en="Rewards and penalties of the day",
        rule="same_day(at)",
        sender="前台",
        recipient="主管",
        form="投诉奖、罚情况汇总表",
        manual_ref="DUE.6",
    ),
    DutyRow(
        code="DUE.7",
        title_zh="服务质量奖励号码",
        title_en="Numbers to be rewarded by secondary pricing",
        rule="day_of_month(at, 20)",
        sender="受理部门",
        recipient="业务监督室",
        form="每月服务质量奖励情况汇总表",
        manual_ref="DUE.7",
    ),
    DutyRow(
        code="DUE.8",
        title_zh="投诉奖励月报",
        title_en="Monthly reward report",
        rule="day_of_month(at, 30)",
        sender="受理部门",
        recipient="营帐数据室",
        form="投诉奖励登记表",
        manual_ref="DUE.8",
    ),
    DutyRow(
        code="DUE.9",
        title_zh="上周奖罚报表",
        title_en="Last week's rewards and penalties",
        rule='next_weekday(at, "Monday")',
        sender="受理部门",
        recipient="部门主管",
        form="投诉奖/罚报表",
        manual_ref="DUE.9",
    ),
    DutyRow(
        code="DUE.10",
        title_zh="上月考核奖励汇总",
        title_en="Last month's assessment and rewards",
        rule="first_working_day(at)",
        sender="受理部门",
        recipient="市场部业务监督室",
        form="投诉考核/奖励情况汇总表",
        manual_ref="DUE.10",
    ),
    DutyRow(
        code="DUE.11",
        title_zh="代办点投诉汇总",
        title_en="Agency complaints of the month",
        rule="day_of_month(at, 31)",
        sender="受理部门",
        recipient="代办室",
        form="汇总表",
        manual_ref="DUE.11",
    ),
    DutyRow(
        code="DUE.12",
        title_zh="托收投诉数据与建议",
        title_en="Direct-debit complaints and suggestions",
        rule="day_of_month(at, 31)",
        sender="专业厅",
        recipient="主管",
        form="托收投诉报表",
        manual_ref="DUE.12, TS-008.9",
    ),
    DutyRow(
        code="DUE.13",
        title_zh="本周班组相关投诉",
        title_en="This week's complaints by team",
        rule='next_weekday(at, "Monday")',
        sender="受理部门",
        recipient="相关部门",
        form="投诉清单",
        manual_ref="DUE.13",
    ),
    DutyRow(
        code="DUE.14",
        title_zh="当月投诉处罚",
        title_en="Penalties by the month's complaints",
        rule="day_of_month(at, 31)",
        sender="各班组",
        recipient="绩效考核、代办室",
        form="处罚清单",
        manual_ref="DUE.14",
    ),
)


def ensure() -> None:
    """Add the departments and duties that are missing; what an owner has changed stays as it is."""
    codes = set(session().scalars(select(Department.code)))
    for code, name_zh, name_en in DEPARTMENTS:
        if code not in codes:
            session().add(Department(code=code, name_zh=name_zh, name_en=name_en))
    codes = set(session().scalars(select(Duty.code)))
    session().add_all(Duty(**duty._asdict()) for duty in DUTIES if duty.code not in codes)
    session().flush()
