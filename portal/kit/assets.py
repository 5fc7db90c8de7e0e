"""How static files get names that change with their contents, script modules included, so that browsers may keep them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedAssets(CompressedManifestStaticFilesStorage):
    """Rewrites `import … from "./other.js"` as well, or a browser would keep old modules beside new ones."""

    support_js_module_import_aggregation = True
