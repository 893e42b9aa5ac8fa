"""Asks /api/evaluate, as root over agent.sock, for each case of a file; prints what was answered otherwise.

usage: corpus_by_api.py FILE    the policies of the file are in force
"""
import http.client
import json
import socket
import sys


class Agent(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("/run/keeper/agent.sock")


def without_nulls(value):
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return value


def body(file, case):
    request = json.loads(json.dumps(case["request"]))
    if "home" in request.get("user", {}) and request["user"]["home"] is None:
        return None  # the API can't say that somebody has no home
    request = without_nulls(request)
    request.setdefault("machine", file.get("machine", {"hostname": "localhost", "os": "linux"}))
    request["at"] = case.get("at", "2026-01-05T12:00:00+00:00")
    return request


def differs(case, status, answer):
    expected = case["expect"]
    if status == 422 and expected.get("guard") == "malformed":
        return None
    if status != 200:
        return f"status {status}: {answer}"
    found = {"outcome": answer["decision"]}
    reasons = answer["reasons"]
    if "controls" in expected:
        found["controls"] = answer["controls"]
    if "policies" in expected:
        found["policies"] = sorted(r["policyId"] for r in reasons if "policyId" in r)
    if "guard" in expected:
        found["guard"] = reasons[0]["code"].removeprefix("guard:")
    if "wouldHave" in expected:
        found["wouldHave"] = {w["policyId"]: w["outcome"] for w in answer["wouldHave"]}
    wanted = {key: sorted(value) if key == "policies" else value for key, value in expected.items()}
    return None if found == wanted else f"expected {wanted}, but was {found}"


def main():
    with open(sys.argv[1], encoding="utf-8") as source:
        file = json.load(source)
    asked = 0
    for case in file["cases"]:
        request = body(file, case)
        if request is None:
            continue
        agent = Agent("localhost")
        agent.request("POST", "/api/evaluate", json.dumps(request), {"Content-Type": "application/json"})
        reply = agent.getresponse()
        text = reply.read().decode()
        fault = differs(case, reply.status, json.loads(text) if text else {})
        asked += 1
        if fault:
            print(f"{case['name']}: {fault}")
        agent.close()
    print(f"asked {asked}")


main()
