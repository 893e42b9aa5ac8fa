#!/usr/bin/env python3
"""Started by the agent, which tells it in one line of its input who it is."""
import json
import signal
import sys

launch = json.loads(sys.stdin.readline() or "{}")
print("started as", launch.get("clientId", "nobody"), flush=True)
signal.pause()
