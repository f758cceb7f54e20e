"""The types that pass along the line, in this order.

`Capture → Job → Draft | Rejection → Article → Digests → PriorCaptures → Verdict → Location → Entry`

All are frozen, keyword-only and picklable. `body` is bytes, `html` decoded markup, `text` prose. A name that ends in
`_at` is a time with a time zone (UTC for captures, +08:00 for times that a page states), in `_on` a calendar day.
"""

from pipelines.model.article import Article, Outcome, Parts, Quality, Script, Table
from pipelines.model.capture import (
    IMPORTED,
    KEPT,
    MAX_BODY_BYTES,
    NO_SITES,
    Capture,
    Headers,
    Job,
    Location,
    Recipe,
    Region,
    Rendering,
    Tls,
)
from pipelines.model.draft import (
    CELL_MARK,
    About,
    Attachment,
    Block,
    Document,
    Draft,
    Edition,
    Evidence,
    File,
    Image,
    LeftOut,
    Moment,
    Person,
    Rejection,
    Repair,
    TableRow,
)
from pipelines.model.entry import Entry, Version
from pipelines.model.requisite import Requisite, requisite_of_capture
from pipelines.model.verdict import (
    Digests,
    NearDuplicateCandidate,
    PriorCaptures,
    Reference,
    Relation,
    Verdict,
    VerdictKind,
    capture_id,
    capture_reference,
)

__all__ = [
    "CELL_MARK",
    "IMPORTED",
    "KEPT",
    "MAX_BODY_BYTES",
    "NO_SITES",
    "About",
    "Article",
    "Attachment",
    "Block",
    "Capture",
    "Digests",
    "Document",
    "Draft",
    "Edition",
    "Entry",
    "Evidence",
    "File",
    "Headers",
    "Image",
    "Job",
    "LeftOut",
    "Location",
    "Moment",
    "NearDuplicateCandidate",
    "Outcome",
    "Parts",
    "Person",
    "PriorCaptures",
    "Quality",
    "Recipe",
    "Reference",
    "Region",
    "Rejection",
    "Relation",
    "Rendering",
    "Repair",
    "Requisite",
    "Script",
    "Table",
    "TableRow",
    "Tls",
    "Verdict",
    "VerdictKind",
    "Version",
    "capture_id",
    "capture_reference",
    "requisite_of_capture",
]
