from customers.models.activity import Activity, ConsumerPosition
from customers.models.consent import Consent
from customers.models.imports import Import, ImportRefusal
from customers.models.letters import Letter
from customers.models.members import CustomField, Member, MemberSummary, MemberTag, Note, SearchKey, Tag
from customers.models.merges import KnownApart, Merge
from customers.models.portal import CardStep, PortalSession, SignInCode
from customers.models.products import Category, Product
from customers.models.purchases import Bill, Purchase, PurchaseLine, Return, ReturnLine
from customers.models.segments import Segment

__all__ = [
    "Activity",
    "Bill",
    "CardStep",
    "Category",
    "Consent",
    "ConsumerPosition",
    "CustomField",
    "Import",
    "ImportRefusal",
    "KnownApart",
    "Letter",
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
