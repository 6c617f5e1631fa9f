"""What each role may do. A permission is a name from this list, checked when the module is imported."""

from enum import StrEnum

from tenants.enums import Role


class Permission(StrEnum):
    FIND = "palette.use"
    USE_COUNTER = "counter.use"
    VIEW_HOME = "home.view"
    VIEW_MEMBERS = "members.view"
    EDIT_MEMBERS = "members.edit"
    MERGE_MEMBERS = "members.merge"
    EXPORT_MEMBERS = "members.export"
    VIEW_PURCHASES = "purchases.view"
    EDIT_PURCHASES = "purchases.edit"
    EDIT_PRODUCTS = "products.edit"
    RUN_IMPORTS = "imports.run"
    VIEW_PROGRAM = "program.view"
    EDIT_PROGRAM = "program.edit"
    ADJUST_POINTS = "points.adjust"
    MANAGE_SETTINGS = "settings.manage"
    MANAGE_TEAM = "team.manage"
    MANAGE_KEYS = "keys.manage"
    VIEW_AUDIT = "audit.view"
    TAKE_OUT = "data.take_out"
    MANAGE_NETWORK = "network.manage"


_MANAGER = frozenset(Permission) - {Permission.MANAGE_KEYS, Permission.TAKE_OUT, Permission.MANAGE_NETWORK}

ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.MANAGER: _MANAGER,
    Role.STAFF: frozenset({Permission.FIND, Permission.USE_COUNTER}),
    Role.ANALYST: frozenset(
        {
            Permission.FIND,
            Permission.VIEW_HOME,
            Permission.VIEW_MEMBERS,
            Permission.EXPORT_MEMBERS,
            Permission.VIEW_PURCHASES,
            Permission.VIEW_PROGRAM,
            Permission.VIEW_AUDIT,
        }
    ),
}


def role_allows(role: str, permission: Permission) -> bool:
    return permission in ALLOWED[Role(role)]
