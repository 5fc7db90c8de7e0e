"""Who may see and change what the models say and what models there are. It holds nothing else."""

from portal.kit.scoping import Path, Rule
from students.access import ANALYST, STUDENT_BY_STAFF, TO_STUDENT
from students.roles import KEEPERS, LEADERS, STAFF, Role

SEES_MODELS = KEEPERS | ANALYST
ORDERERS = LEADERS | {Role.ANALYST}  # an analyst may train and compare; what serves a school its leaders decide

# Runs and versions hold no student's name; whoever is told a score may read how good the model is.
TRAINING_RUN = Rule(view=(Path(roles=SEES_MODELS),), edit=(Path(roles=ORDERERS),))
VERSION = Rule(view=(Path(roles=STAFF | ANALYST),), edit=(Path(roles=LEADERS),))
OF_VERSION = VERSION.through("version", "predictions.ModelVersion")
POLICY = Rule(view=(Path(roles=SEES_MODELS),), edit=(Path(roles=LEADERS),))
MEASURE = Rule(view=(Path(roles=SEES_MODELS),), edit=(Path(roles=LEADERS),))

SCORING_RUN = Rule(view=(Path(roles=SEES_MODELS),), edit=(Path(roles=ORDERERS),))
# Families see a prediction only after it was released to them, which is a record of its own.
PREDICTION = Rule(view=STUDENT_BY_STAFF.through(*TO_STUDENT).view, count=STUDENT_BY_STAFF.through(*TO_STUDENT).count)
JUDGEMENT = Rule(view=PREDICTION.view, edit=(Path(roles=STAFF, school="student__school", user="by"),))
ENQUIRY = Rule(view=(Path(roles=LEADERS), Path(roles=STAFF | ANALYST, user="by")))
