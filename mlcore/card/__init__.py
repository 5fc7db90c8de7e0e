"""The model card: what a person should know before using a version, from its report and nothing else."""

from mlcore.card.layouts import Card as Card
from mlcore.card.layouts import Section as Section
from mlcore.card.layouts import as_html as as_html
from mlcore.card.layouts import as_json as as_json
from mlcore.card.layouts import as_markdown as as_markdown
from mlcore.card.sections import card as card
