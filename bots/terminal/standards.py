"""`citydesk standard FILE`: the city's filing conditions and limits, and what of the file could not be read."""

from __future__ import annotations

from pathlib import Path

from assistant.ledger import standard_file
from assistant.settings import read_settings
from bots.terminal.shared import out, problems
from tools.work_orders.standard import save
from tools.work_orders.standard_import import import_standard
from warehouse.reader import open_warehouse


def bring_in(path: Path, ref: str, *, city: str | None) -> int:
    """Import, keep and report; rows that cannot be read are shown, never dropped in silence."""
    settings = read_settings()
    report = import_standard(path, ref)
    warehouse = open_warehouse(settings.home, city)
    ours = {member.value for member in warehouse.members("minor_category")}
    save(report.standard, standard_file(settings, warehouse.city.id))
    warehouse.close()
    clauses = report.standard.clauses.values()
    console = out()
    kinds = ", ".join(f"{count} {kind} classes" for kind, count in sorted(report.classes.items()))
    console.print(f"{len(report.standard.clauses)} filing conditions in {kinds}")
    console.print(
        f"  {report.rows} rows = {len(clauses)} conditions + {report.empty} empty + {len(report.unread)} unread"
    )
    for one in report.unread:
        problems().print(f"✗ {one.sheet} row {one.row}: {one.why}: {one.text}", style="red", markup=False)
    for clause, remark in report.remarks.items():
        console.print(f"  {clause}: 「{remark}」 stands behind the limit", markup=False)
    known = {clause.category.minor for clause in clauses}
    console.print(f"  {len(known & ours)} of {len(known)} classes are called so in this city's data", markup=False)
    return 0
