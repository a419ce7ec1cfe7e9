"""The invented staff of the demo office: login, name, departments, roles; employee numbers and households."""

from __future__ import annotations

PEOPLE: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("cleo", "陈可", ("service_hall",), ("clerk",)),
    ("cora", "陈拉", ("service_hall",), ("clerk",)),
    ("sam", "孙敏", ("supervisor", "service_hall"), ("clerk", "supervisor")),
    ("sue", "苏悦", ("supervisor", "guangda_hall"), ("clerk", "supervisor")),
    ("ada", "安达", (), ("auditor",)),
    ("olu", "欧璐", (), ("owner",)),
    ("otto", "欧拓", (), ("owner",)),
    ("omar", "欧曼", (), ("operator",)),
    ("nora", "诺拉", ("engineering_centre",), ("clerk",)),
    ("gina", "顾娜", ("guangda_hall",), ("clerk",)),
    ("hugo", "何果", ("hotline_1860",), ("clerk",)),
    ("aggie", "艾姬", ("agency",), ("clerk",)),
    ("bill", "毕伦", ("billing_department",), ("clerk",)),
    ("bea", "贝雅", ("billing_centre",), ("clerk",)),
    ("dora", "窦娜", ("billing_data_office",), ("clerk",)),
    ("amy", "艾米", ("accounting_office",), ("clerk",)),
    ("ivan", "易凡", ("accounting_team",), ("clerk",)),
    ("dan", "邓安", ("data_team",), ("clerk",)),
    ("mara", "马兰", ("marketing",), ("clerk",)),
    ("vera", "魏然", ("service_supervision",), ("clerk",)),
    ("gus", "郭思", ("agency_office",), ("clerk",)),
    ("mona", "莫娜", ("monitoring_room",), ("clerk",)),
    ("pia", "裴雅", ("provincial_monitoring",), ("clerk",)),
    ("wim", "温明", ("switching_room",), ("clerk",)),
    ("rita", "芮塔", ("radio_room",), ("clerk",)),
    ("tom", "唐木", ("optimisation_room",), ("clerk",)),
    ("ned", "聂得", ("network_department",), ("clerk",)),
    ("pat", "潘特", ("provincial_company",), ("clerk",)),
    ("rob", "罗博", ("reception_room",), ("clerk",)),
    ("olga", "欧佳", ("billing_operations",), ("clerk",)),
    ("mia", "米娅", ("service_management",), ("clerk",)),
    ("kay", "柯怡", ("charge_hold_desk",), ("clerk",)),
    ("seth", "沈卫", ("security",), ("clerk",)),
    ("hal", "韩立", ("department_head",), ("clerk",)),
)

# Numbers that people or somebody of their household hold: they may not work on these.
HOUSEHOLDS = {"cora": ("13900000104",)}


def employee_number(name: str) -> str:
    """Return the invented employee number of a log-in."""
    return f"YG{[login for login, *_ in PEOPLE].index(name) + 1:04d}"
