"""wrk, driven by a script that is made for each run."""

import json
import os
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .requests import BASE, NUMBER, Load

TIMEOUT = 20  # seconds: longer than any answer may take
# wrk calls request() once to see whether it can read what that gives, and sends it to nobody: so
# calls begin at -1.
SCRIPT = """
local items = {
%(items)s
}
local in_turn, varies, expect = %(in_turn)s, %(varies)s, %(expect)s
local number, calls, threads = %(number)d, -1, {}
misses = 0

function setup(thread) threads[#threads + 1] = thread end
function init(arguments) math.randomseed(number) end

function request()
  local place, turn = 0, 0
  if in_turn then
    local call = math.max(calls, 0)
    calls = calls + 1
    place, turn = call %% #items + 1, math.floor(call / #items)
  else
    place = math.random(#items)
  end
  local item = items[place]
  local version = item.version + turn
  local text = item[(version + 1) %% #item + 1]
  if varies then
    number = (number + 1) %% 100000000
    text = text:gsub("%(number_mark)s", string.format("%%08d", number))
    text = text:gsub("%(base_mark)s", string.format("%%8d", version - 1))
  end
  return text
end

if expect then
  function response(status, headers, body)
    if not body:find(expect) then misses = misses + 1 end
  end
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\\nRESULT {"requests": %%d, "microseconds": %%d, "bytes": %%d, "p50": %%d, "p99": %%d,'
    .. ' "longest": %%d, "refused": %%d, "broken": %%d, "timeouts": %%d, "misses": %%d}\\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50),
    latency:percentile(99), latency.max, errors.status,
    errors.connect + errors.read + errors.write, errors.timeout, threads[1]:get("misses")))
end
"""


@dataclass(frozen=True)
class Result:
    requests: int
    microseconds: int
    bytes: int
    p50: int  # microseconds
    p99: int
    longest: int
    refused: int  # answers of 400 and above
    broken: int
    timeouts: int
    misses: int  # answers without what was expected in them
    cpu: float  # seconds, of wrk itself

    @property
    def faults(self) -> list[str]:
        told = {
            "answers of 400 or above": self.refused,
            "socket errors": self.broken,
            "timeouts": self.timeouts,
            "answers without what was asked for": self.misses,
        }
        return [f"{count} {what}" for what, count in told.items() if count] + (
            [] if self.requests else ["no answer at all"]
        )


class Wrk:
    """One run, which begins at once."""

    def __init__(
        self, url: str, load: Load, script: Path, *, connections: int, seconds: float
    ) -> None:
        script.write_text(script_of(load, url.removeprefix("http://")))
        # One thread: it has the only counter, and takes the items in turn.
        command = ["wrk", "--threads=1", f"--connections={connections}", f"--timeout={TIMEOUT}s"]
        command += [f"--duration={seconds}s", f"--script={script}", url]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def result(self) -> Result:
        """Waits for its end."""
        try:
            said = self._process.stdout.read()
        except KeyboardInterrupt:
            self.stop()
            raise
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        for line in said.splitlines():
            if line.startswith("RESULT "):
                figures = json.loads(line.removeprefix("RESULT "))
                return Result(**figures, cpu=usage.ru_utime + usage.ru_stime)
        raise RuntimeError(f"wrk gave no result:\n{said}")

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def script_of(load: Load, host: str) -> str:
    lines = []
    for item in load.items:
        texts = ", ".join(lua_string(request.raw(host)) for request in item.requests)
        lines.append(f"  {{{texts}, version = {item.version}}},")
    return SCRIPT % {
        "items": "\n".join(lines),
        "in_turn": str(load.in_turn).lower(),
        "varies": str(load.varies).lower(),
        "expect": lua_string(load.expect.encode()) if load.expect else "nil",
        "number": random.randrange(10**8),
        "number_mark": NUMBER.decode(),
        "base_mark": BASE.decode(),
    }


def lua_string(raw: bytes) -> str:
    plain = (
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03}" for byte in raw
    )
    return f'"{"".join(plain)}"'
