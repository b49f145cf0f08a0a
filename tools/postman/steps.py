"""A step of the walk through: a request, and what must be true of its answer."""

from dataclasses import dataclass, field

from tools.postman import parts

EVENT = "/api/events/{{event}}"  # the one that the walk is about


@dataclass(frozen=True, kw_only=True)
class Step:
    """`checks` are statements of JavaScript by what they prove, over `body` and `pm.response`.

    `keeps` are expressions by the variable that keeps them. `token` is the variable with the access
    token that is sent, None for none.
    """

    name: str
    request: str
    status: int
    body: dict | None = None
    headers: dict[str, str] = field(default_factory=dict)
    token: str | None = "access"
    before: str = ""
    checks: dict[str, str] = field(default_factory=dict)
    keeps: dict[str, str] = field(default_factory=dict)


def item(step: Step) -> dict:
    method, _, target = step.request.partition(" ")
    path, _, query = target.partition("?")
    pairs = [parts.pair(*given.split("=")) for given in query.split("&") if given]
    headers = [parts.pair(name, value) for name, value in step.headers.items()]
    return {
        "id": parts.stable_id(f"walk through: {step.name}"),
        "name": step.name,
        "event": [
            *([parts.script("prerequest", step.before)] if step.before else []),
            parts.script("test", tests(step)),
        ],
        "request": {
            "method": method,
            "auth": parts.bearer(step.token) if step.token else parts.NO_AUTH,
            "header": [*([parts.JSON_HEADER] if step.body else []), *headers],
            **({"body": parts.json_body(step.body)} if step.body else {}),
            "url": parts.url(path, pairs),
        },
        "response": [],
    }


def tests(step: Step) -> str:
    lines = [test(f"answers {step.status}", f"pm.response.to.have.status({step.status});")]
    if "body." in "".join([*step.checks.values(), *step.keeps.values()]):
        lines.append("const body = pm.response.json();")
    lines += [test(*proof) for proof in step.checks.items()]
    lines += [f'pm.collectionVariables.set("{key}", {code});' for key, code in step.keeps.items()]
    return "\n".join(lines)


def test(title: str, code: str) -> str:
    indented = "\n".join(f"    {line}" for line in code.strip().splitlines())
    return f'pm.test("{title}", function () {{\n{indented}\n}});'
