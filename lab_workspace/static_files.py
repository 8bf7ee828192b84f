"""How files for browsers are named outside development: by their content, so browsers may keep them."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's compressed files; imports between our JavaScript modules get the hashed names too."""

    support_js_module_import_aggregation = True
