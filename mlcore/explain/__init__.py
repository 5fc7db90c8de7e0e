"""Why a score is what it is, and what the model would say if something were different."""

from mlcore.explain.champion import explainer
from mlcore.explain.reasons import Explainer, against, importance
from mlcore.explain.whatif import CAVEAT, Change, WhatIf, suggestions, what_if

__all__ = ["CAVEAT", "Change", "Explainer", "WhatIf", "against", "explainer", "importance", "suggestions", "what_if"]
