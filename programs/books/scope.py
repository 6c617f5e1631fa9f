"""The books of one program: points, stamps and store credit are counted in different units and never added up.

A business with one program needs no condition, and its sums are then read from an index that does not know accounts.
"""

from typing import Any

from programs.models import Program
from tenants.isolation import current_tenant_id

_ACCOUNTS = "(SELECT id FROM programs_account WHERE tenant_id = %(tenant)s AND program_id = %(program)s)"


def values_for(program: Program | None) -> dict[str, Any]:
    """The parameters of a statement over a program's rows; over all rows of the business without one."""
    return {"tenant": current_tenant_id(), "program": program.pk if program else None}


def is_narrow(program: Program | None) -> bool:
    """Whether rows of other programs have to be kept out."""
    return program is not None and Program.objects.exclude(pk=program.pk).exists()


def of_accounts(narrow: bool, column: str = "account_id") -> str:
    """The condition that a row's account is in the program, to be appended to others."""
    return f" AND {column} IN {_ACCOUNTS}" if narrow else ""


def of_program(narrow: bool) -> str:
    """The same for a row that is an account."""
    return " AND program_id = %(program)s" if narrow else ""
