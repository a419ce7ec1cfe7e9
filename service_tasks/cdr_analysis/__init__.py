"""What the call list shows: border roaming, ultra-short calls, orphan Monternet charges; the rules stand in the files beside this one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from engine.handlers import Call, handler
from service_tasks import dates
from service_tasks.cdr_analysis import border_roaming, monternet, orphan_monternet, records, schemas, ultra_short

__all__ = ["analyse_border_roaming", "find_orphan_monternet", "find_ultra_short"]


@handler(
    "cdr_analysis/border_roaming",
    parameters=schemas.BorderRoamingParameters,
    result=schemas.BorderRoamingResult,
    manual_ref="TS-005.2, TS-005.3, TS-005.5",
    title_zh="边界漫游分析",
    title_en="Border-roaming analysis",
)
def analyse_border_roaming(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Show whether border roaming is established at first sight, and by which calls."""
    since, until = _span(parameters, call)
    figures = {name: parameters[name] for name in ("window_minutes", "alternations", "max_speed_kmh", "period_days")}
    calls = records.voice_calls(parameters["msisdn"], since, until)
    verdict = border_roaming.analyse(calls, border_roaming.Thresholds(**figures))
    used = {"since": since.isoformat(), "until": until.isoformat(), "calls": len(calls), **figures}
    return {**verdict._asdict(), "examined": len(calls), "parameters": used}


@handler(
    "cdr_analysis/ultra_short",
    parameters=schemas.UltraShortParameters,
    result=schemas.UltraShortResult,
    manual_ref="TS-007.2, TS-007.3",
    title_zh="超短话单核查",
    title_en="Ultra-short calls",
)
def find_ultra_short(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """List the long-distance calls of a few seconds, with what is to be credited of each."""
    calls = records.voice_calls(parameters["msisdn"], *_span(parameters, call))
    short = ultra_short.find(calls, parameters["limit_s"])
    listed = [{**each.call._asdict(), "amount": each.amount} for each in short]
    return {
        "found": bool(listed) if calls else None,
        "examined": len(calls),
        "calls": listed,
        "amount": sum(each.amount for each in short) if calls else None,
    }


@handler(
    "cdr_analysis/orphan_monternet",
    parameters=schemas.OrphanParameters,
    result=schemas.OrphanResult,
    manual_ref="TS-006.2, TS-006.3, TS-006.4, SUB.3",
    title_zh="梦网无主话单核查",
    title_en="Orphan Monternet charges",
)
def find_orphan_monternet(parameters: dict[str, Any], call: Call) -> dict[str, Any]:
    """Show which Monternet charges came after the number could no longer be used, and whether they are paid."""
    numbers, charges = monternet.history(parameters["msisdn"])
    orphans = [orphan for number in numbers for orphan in orphan_monternet.find(number, charges)]
    listed = [{**orphan.charge._asdict(), "after": orphan.after} for orphan in orphans]
    return {
        "orphan": bool(orphans) if charges else None,
        "examined": len(charges),
        "charges": listed,
        "amount": sum(orphan.charge.amount for orphan in orphans) if charges else None,
        "paid": all(orphan.charge.paid for orphan in orphans) if orphans else None,
        "site": _sites([orphan.charge for orphan in orphans] or charges),
    }


def _span(parameters: dict[str, Any], call: Call) -> tuple[date, date]:
    until = parameters["until"] or dates.day_of(call.at)
    return parameters["since"] or until - timedelta(days=schemas.DAYS), until


def _sites(charges: list[orphan_monternet.Charge]) -> str | None:
    """The providers of the charges in one text; None when none is known, and service management has to be asked (SUB.3)."""
    return "、".join(dict.fromkeys(charge.site for charge in charges if charge.site)) or None
