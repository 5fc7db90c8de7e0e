"""What every page's frame shows: navigation by role and the school one is in."""


def frame(request):
    return {}
