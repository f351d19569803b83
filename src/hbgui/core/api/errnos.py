"""The PBX's error numbers for login, heartbeat and logout.

Numbers and meanings are from the maker's tables of API v1.1.0 and v2.0.0.
"""

from __future__ import annotations

NOT_SUPPORTED = "10003"
FIELD_BLANK = "10004"
NOT_JSON = "20000"
NOT_POST = "20001"
LOCKED_OUT = "20002"
WRONG_PASSWORD = "20003"  # noqa: S105 - an error number
NO_SUCH_TOKEN = "20004"  # noqa: S105
TOKEN_BLANK = "20005"  # noqa: S105
TOKEN_EXPIRED = "20006"  # noqa: S105
DATA_BLANK = "20007"
WRONG_PORT = "20008"
REQUEST_BLANK = "20009"
PBX_BUSY = "20010"
TARGET_REFUSED = "20011"
NOT_ALLOWED = "20015"
PBX_OUT_OF_MEMORY = "30001"
API_DOWN = "30003"

MAY_PASS = frozenset({PBX_BUSY, PBX_OUT_OF_MEMORY, API_DOWN})
"""Temporary faults of the PBX: a retry may succeed."""

OF_THE_API = MAY_PASS | {NOT_JSON, NOT_POST, LOCKED_OUT, NOT_ALLOWED}
"""Refusals that are not about version or token."""

KNOWN = frozenset(str(n) for n in (*range(10002, 10034), *range(20000, 20022), 30001, 30003))
"""Documented numbers. An unknown number is treated as a temporary fault."""
