def seconds_since_heartbeat():
    return None
