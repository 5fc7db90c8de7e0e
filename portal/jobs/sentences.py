"""What jobs say by themselves. Stored as it stands here and translated where it is shown, once it is known to whom.

Those with figures in them are translated before they are stored, in the language of who asked for the job.
"""

from django.utils.translation import gettext_noop

NO_QUEUE = gettext_noop("The queue cannot be reached just now. This waits and starts by itself when it is back.")
OUR_FAULT = gettext_noop("Something went wrong on our side; it has been noted. Nothing further was done.")
OUR_FAULT_AGAIN = gettext_noop("Something went wrong on our side; it has been noted. This will be tried again.")
TOO_LONG = gettext_noop("This took longer than it may and was stopped.")
STOPPED = gettext_noop("Stopped as asked.")
AGAIN = gettext_noop("The database could not be reached. This will be tried again.")
BACK = gettext_noop("The worker was lost. This starts again by itself.")
TRIED_OFTEN = gettext_noop(
    "The work stopped {times} times without an ending, so it is not tried again. It has been noted."
)
PARTS_FAILED = gettext_noop("{failed} of {total} parts failed: {first}")
PARTS_STOPPED = gettext_noop("Stopped as asked, after {done} of {total} parts.")
