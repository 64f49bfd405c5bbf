"""Lets the vendor's own clients talk to the server and prints what they made of it as JSON."""

import json
import sys

import dashscope
import openai
from dashscope import Generation, MultiModalConversation
from dashscope.v2.errors import DashScopeError

BASE, KEY, CLIENT = sys.argv[1:4]
NATIVE, COMPATIBLE = f"{BASE}/api/v1", f"{BASE}/compatible-mode/v1"
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "Weather of a place",
            "parameters": {"type": "object", "properties": {"location": {"type": "string"}}},
        },
    }
]


def field(value, *names):
    """A nested field of objects and dictionaries, None as soon as one is missing."""
    for name in names:
        if value is None:
            return None
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    return value


def words(content):
    """The text of a message's content, be it a text or a list of parts."""
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content or ""


class Seen:
    """What a client delivered, gathered over one answer or all its events."""

    def __init__(self, cumulative=False):
        self.cumulative = cumulative
        self.out = {"text": "", "reasoning": "", "finish": None, "input": None, "output": None}
        self.out |= {"reasoning_tokens": None, "tools": {}, "events": 0, "error": None}

    def message(self, message, finish):
        text, thought = words(field(message, "content")), field(message, "reasoning_content") or ""
        if self.cumulative:
            self.out["text"], self.out["reasoning"] = text, thought
        else:
            self.out["text"] += text
            self.out["reasoning"] += thought
        for call in field(message, "tool_calls") or []:
            known = self.out["tools"].setdefault(str(field(call, "index") or 0), ["", "", ""])
            known[0] = field(call, "id") or known[0]
            known[1] = field(call, "function", "name") or known[1]
            known[2] += field(call, "function", "arguments") or ""
        if finish not in (None, "null"):
            self.out["finish"] = finish

    def usage(self, usage):
        if not usage:
            return
        names = {"input": ("input_tokens", "prompt_tokens"), "output": ("output_tokens", "completion_tokens")}
        for name, spellings in names.items():
            found = [field(usage, spelling) for spelling in spellings]
            self.out[name] = next((number for number in found if number is not None), None)
        for details in ("output_tokens_details", "completion_tokens_details"):
            number = field(usage, details, "reasoning_tokens")
            self.out["reasoning_tokens"] = number if number is not None else self.out["reasoning_tokens"]

    def failure(self, kind, code, status, request_id):
        self.out["error"] = {"class": kind, "code": code, "status": status, "request_id": request_id}


def run(call, cumulative=False):
    """Makes one call and gathers what comes of it."""
    seen = Seen(cumulative)
    try:
        call(seen)
    except (openai.OpenAIError, DashScopeError) as error:
        seen.failure(
            type(error).__name__,
            getattr(error, "code", None),
            getattr(error, "status_code", None),
            getattr(error, "request_id", None),
        )
    return seen.out


def ask(prompt):
    return [{"role": "user", "content": prompt}]


def legacy(prompt, key=KEY, cumulative=False, **options):
    """The module-level calls of the dashscope package; they return errors instead of raising."""

    def call(seen):
        many = options.get("stream", False)
        got = Generation.call(
            options.pop("model", "qwen-plus"), messages=ask(prompt), api_key=key, result_format="message", **options
        )
        for part in got if many else [got]:
            read_legacy(seen, part)

    return run(call, cumulative)


def read_legacy(seen, part):
    seen.out["events"] += 1
    if part.status_code != 200:
        seen.failure(None, part.code, part.status_code, part.request_id)
        return
    choice = part.output.choices[0]
    seen.message(choice.message, choice.finish_reason)
    seen.usage(part.usage)


def pictured(prompt):
    def call(seen):
        content = [{"image": "https://example.com/a.png"}, {"text": prompt}]
        parts = MultiModalConversation.call(
            model="qwen-vl-plus",
            messages=[{"role": "user", "content": content}],
            api_key=KEY,
            stream=True,
            incremental_output=True,
        )
        for part in parts:
            read_legacy(seen, part)

    return run(call)


def modern(client, prompt, **options):
    """The clients with an OpenAI-like surface: openai's own, and the newer one of dashscope."""

    def call(seen):
        got = client.chat.completions.create(model="qwen-plus", messages=ask(prompt), **options)
        many = options.get("stream", False)
        for part in got if many else [got]:
            seen.out["events"] += 1
            for choice in part.choices:
                message = choice.delta if many else choice.message
                seen.message(message, choice.finish_reason)
            seen.usage(part.usage)

    return run(call)


def module_cases():
    stream = {"stream": True, "incremental_output": True}
    return {
        "plain": legacy("/fake rate=1000 text=plain words here"),
        "streamed": legacy("/fake rate=1000 text=plain words here", **stream),
        "cumulative": legacy("/fake rate=1000 text=plain words here", cumulative=True, stream=True),
        "thinking": legacy("/fake rate=1000 thinking=3 text=1+1 = 2", enable_thinking=True, **stream),
        "tools": legacy("/fake rate=1000 tools=2", tools=TOOLS, **stream),
        "pictured": pictured("/fake rate=1000 text=A beach and a dog."),
        "bad_key": legacy("hi", key="sk-wrong"),
        "refused": legacy("hi", temperature=2.0),
        "refused_stream": legacy("hi", temperature=2.0, **stream),
        "throttled": legacy("/fake error=429-rate"),
        "midstream": legacy("/fake rate=1000 midstream at=2", **stream),
    }


def client_cases(make, extra):
    client = make(KEY)
    thinking = "/fake rate=1000 thinking=3 text=1+1 = 2"
    stream = {"stream": True} | extra.get("stream", {})
    return {
        "plain": modern(client, "/fake rate=1000 text=plain words here"),
        "streamed": modern(client, "/fake rate=1000 text=plain words here", **stream),
        "thinking": modern(client, thinking, **stream, **extra["thinking"]),
        "tools": modern(client, "/fake rate=1000 tools=2", tools=TOOLS, **stream),
        "bad_key": modern(make("sk-wrong"), "hi"),
        "refused": modern(client, "hi", temperature=2.0),
        "refused_stream": modern(client, "hi", temperature=2.0, **stream),
        "throttled": modern(client, "/fake error=429-rate"),
        "midstream": modern(client, "/fake rate=1000 midstream at=2", **stream),
        "models": len(list(client.models.list())) if extra.get("lists_models") else None,
    }


def main():
    dashscope.base_http_api_url = NATIVE
    thinking = {"thinking": {"enable_thinking": True}}

    def dashscope_client(protocol, base):
        return lambda key: dashscope.Client(api_key=key, base_url=base, protocol=protocol, max_retries=0)

    def openai_client(key):
        return openai.OpenAI(api_key=key, base_url=COMPATIBLE, max_retries=0)

    cases = {
        "dashscope-module": module_cases,
        "dashscope-native": lambda: client_cases(dashscope_client("native", NATIVE), thinking),
        "dashscope-openai": lambda: client_cases(dashscope_client("openai", COMPATIBLE), thinking),
        "openai": lambda: client_cases(
            openai_client,
            {
                "thinking": {"extra_body": {"enable_thinking": True}},
                "stream": {"stream_options": {"include_usage": True}},
                "lists_models": True,
            },
        ),
    }
    print(json.dumps(cases[CLIENT]()))


main()
