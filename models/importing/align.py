"""Finding again what has no number of its own: participants, meetings, items of an agenda."""

from collections.abc import Hashable, Sequence


def align(
    found: Sequence[Sequence[Hashable]],
    wanted: Sequence[Sequence[Hashable]],
    places: Sequence[int] | None = None,
) -> list[int | None]:
    """Return for each wanted thing the index of the found one that it is, None for a new one.

    Each thing has keys, the surest first. Things that agree in a surer key find each other first; a
    thing that agrees with none is the one in the same place, with its words changed, if that is free.
    `places` counts rows that could not be read, so that nobody else takes their place.
    """
    match: list[int | None] = [None] * len(wanted)
    free = set(range(len(found)))
    for level in range(len(wanted[0]) if wanted else 0):
        by_key: dict[Hashable, list[int]] = {}
        for index in sorted(free, reverse=True):
            by_key.setdefault(found[index][level], []).append(index)
        for number, keys in enumerate(wanted):
            if match[number] is None and by_key.get(keys[level]):
                index = by_key[keys[level]].pop()
                match[number] = index
                free.discard(index)
    for number, place in enumerate(places or range(len(wanted))):
        if match[number] is None and place in free:
            match[number] = place
            free.discard(place)
    return match
