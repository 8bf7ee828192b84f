"""Several partings of the same texts, and where they agree.

Words, letters and what words mean can be compared in more than one way, and on a board of forty notes each way errs
somewhere else. So the texts are parted once for each way. What most of these partings put together belongs together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workshops.suggest.engine.likeness import centred
from workshops.suggest.engine.parting import part, settle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from workshops.suggest.engine.likeness import Square
    from workshops.suggest.engine.parting import Labels

_BLEND = 0.3
"""Where the partings are undecided the texts' own likeness decides, with this share."""


def agreement(
    ways: Sequence[Square], blend: Square, most: int, kept: Labels, fixed: NDArray[np.bool_]
) -> Square:
    """Give how like each two texts are by how many of these ways put them together. Without ways it is the blend.

    `kept` and `fixed` say what people did: see `part` and `settle`.
    """
    if not ways:
        return blend
    together = np.zeros(blend.shape, np.float32)
    for way in ways:
        labels = settle(way, part(way, most, kept), fixed)
        together += labels[:, None] == labels[None, :]
    return ((1 - _BLEND) * centred(together / np.float32(len(ways))) + _BLEND * blend).astype(np.float32)
