"""What Gradescope's ``submission_metadata.yml`` says of an export: whose each submission is, and of when."""

import re
from datetime import UTC, datetime
from typing import Any

import yaml

from airlock.model.errors import AirlockError

METADATA = "submission_metadata.yml"
MAX_METADATA = 64 * 2**20  # bytes


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Reads Ruby's objects, which older exports have for times, as what they are made of."""


def _ruby(loader: Any, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node)
    return loader.construct_scalar(node) if isinstance(node, yaml.ScalarNode) else None


_Loader.add_multi_constructor("!ruby/", _ruby)


def read_metadata(data: bytes, archive: str) -> dict[str, tuple[str, list[tuple[str, ...]], datetime | None]]:
    """By folder of a submission: a name for people, the words for each who handed it in, and the time.

    Raises AirlockError, which names the ``archive``.
    """
    try:
        known = yaml.load(data, Loader=_Loader)  # a safe one
        known = {str(key): entry for key, entry in known.items() if isinstance(entry, dict)}
    except (yaml.YAMLError, AttributeError, ValueError):
        raise AirlockError(
            f"{archive}: its {METADATA} is no YAML of Gradescope's; export it again."
        ) from None
    return {key: _entry(key, entry) for key, entry in known.items()}


def _entry(key: str, entry: dict) -> tuple[str, list[tuple[str, ...]], datetime | None]:
    people = [one for one in _of(entry, "submitters") or [] if isinstance(one, dict)]
    who = [
        tuple(str(word) for part in ("sid", "email", "name") if (word := _of(one, part))) for one in people
    ]
    name = ", ".join(str(_of(one, "name") or _of(one, "email") or key) for one in people) or key
    return name, list(filter(None, who)), _stated(_of(entry, "created_at"))


def _of(entry: dict, name: str) -> Any:
    """A field, with the colon that Ruby puts before its keys or without."""
    return entry.get(f":{name}", entry.get(name))


def _stated(value: Any) -> datetime | None:
    """The time that Gradescope states; without a zone it is UTC."""
    if isinstance(value, dict):
        value = value.get("utc") or value.get("time")
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", value.replace(" Z", "Z")).strip())
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
