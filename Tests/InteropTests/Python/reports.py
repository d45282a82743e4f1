"""Opens what Weir writes with tools that know nothing of Weir, and says what they found as JSON.

reports.py junit FILE | markdown FILE | schema SCHEMA DOCUMENT
"""
import json
import sys

from jsonschema.validators import validator_for
from junitparser import JUnitXml
from markdown_it import MarkdownIt


def junit(path):
    """Suites with their own counts, and the cases that were found in them."""
    suites = []
    for suite in JUnitXml.fromfile(path):
        cases = [
            {
                "name": case.name,
                "result": [type(result).__name__.lower() for result in case.result] or ["passed"],
                "message": " ".join([result.message or "" for result in case.result] + [case.system_out or ""]),
            }
            for case in suite
        ]
        counts = {"tests": suite.tests, "failures": suite.failures, "errors": suite.errors, "skipped": suite.skipped}
        suites.append({"name": suite.name, "counts": counts, "cases": cases})
    return suites


def markdown(path):
    """Tables as rows of cells, headings, and the text of everything else."""
    with open(path, encoding="utf-8") as file:
        tokens = MarkdownIt("commonmark").enable("table").parse(file.read())
    tables, headings, texts, row, place = [], [], [], None, []
    for token in tokens:
        if token.nesting == 1:
            place.append(token.type)
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            tables[-1].append(row)
        elif token.type == "inline":
            text = "".join(
                child.content if child.type in ("text", "code_inline") else f"[{child.type}]" * (child.type == "html_inline")
                for child in token.children
            )
            if "table_open" in place:
                row.append(text)
            elif place and place[-1] == "heading_open":
                headings.append(text)
            else:
                texts.append(text)
        elif token.type in ("html_block", "fence", "code_block"):
            texts.append(f"[{token.type}] {token.content}")
        if token.nesting == -1:
            place.pop()
    return {"tables": tables, "headings": headings, "texts": texts}


def schema(schema_path, path):
    """What a document has that its schema does not allow; the schema is checked itself first."""
    with open(schema_path, encoding="utf-8") as file:
        described = json.load(file)
    with open(path, encoding="utf-8") as file:
        document = json.load(file)
    validator = validator_for(described, default=None)
    validator.check_schema(described)
    return [f"{error.json_path}: {error.message}" for error in validator(described).iter_errors(document)]


if __name__ == "__main__":
    print(json.dumps({"junit": junit, "markdown": markdown, "schema": schema}[sys.argv[1]](*sys.argv[2:])))
