from customers.models.activity import Activity, ConsumerPosition
from customers.models.consent import Consent
from customers.models.imports import Import, ImportRefusal
from customers.models.members import CustomField, Member, MemberSummary, MemberTag, Note, SearchKey, Tag
from customers.models.merges import KnownApart, Merge
from customers.models.portal import CardStep, PortalSession, SignInCode
from customers.models.products import Category, Product
from customers.models.purchases import Purchase, PurchaseLine, Return, ReturnLine
from customers.models.segments import Segment

__all__ = [
    "Activity",
    "CardStep",
    "Category",
    "Consent",
    "ConsumerPosition",
    "CustomField",
    "Import",
    "ImportRefusal",
    "KnownApart",
    "Member",
    "MemberSummary",
    "MemberTag",
    "Merge",
    "Note",
    "PortalSession",
    "Product",
    "Purchase",
    "PurchaseLine",
    "Return",
    "ReturnLine",
    "SearchKey",
    "Segment",
    "SignInCode",
    "Tag",
]
