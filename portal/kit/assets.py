"""How static files get names that change with their contents, script modules included, so that browsers may keep them."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

OUR_SCRIPTS = "js/"


class HashedAssets(CompressedManifestStaticFilesStorage):
    """Rewrites `import … from "./other.js"` in our modules as well, or a browser would keep old ones beside new ones."""

    support_js_module_import_aggregation = True
    # A module's name is known once those it imports have theirs; so many may stand one behind the other.
    max_post_process_passes = 12

    def url_converter(self, name: str, hashed_files: Any, template: Any = None) -> Any:
        """Scripts of installed packages stay as they are: some name modules in comments that they do not bring along."""
        if name.endswith(".js") and not name.startswith(OUR_SCRIPTS):
            return lambda match: match["matched"]
        return super().url_converter(name, hashed_files, template)
