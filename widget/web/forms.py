"""A posted form as plain text fields; anything odd in it is dropped here and missed later by name."""

from widget.web.requests import AnyRequest

_FIELDS_LIMIT = 20
_VALUE_LIMIT = 4_000


async def read_form(request: AnyRequest) -> dict[str, str]:
    """The text fields of the body, the first of each name; files, long values and NUL are left out."""
    form = await request.form()
    fields: dict[str, str] = {}
    for name, value in list(form.multi_items())[:_FIELDS_LIMIT]:
        if isinstance(value, str) and len(value) <= _VALUE_LIMIT and "\x00" not in value:
            fields.setdefault(name, value)
    return fields
