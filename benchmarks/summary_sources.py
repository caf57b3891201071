"""Texts of companies that do not exist, for benchmarks/summaries.py."""

from __future__ import annotations

import random

PRODUCTS = "kettle parcel ledger greenhouse clinic tram bakery library harbour telescope".split()
PLACES = "Mapo Jeonju Incheon Daejeon Gangneung Yeosu Suwon Andong Sokcho Mokpo".split()
TOOLS = "Kotlin Go Rust Python PostgreSQL Kafka Redis Kubernetes TypeScript Terraform".split()
SENTENCES = (
    "{name} runs a {product} service for {n} customers in {place}.",
    "In {year} the {product} division earned {money} billion won, {percent}% more than before.",
    "The team in {place} writes its {product} system in {tool} and reviews every change.",
    "A delay of {n} milliseconds in the {product} queue once stopped orders in {place}.",
    "New engineers spend {few} weeks with the {product} crew before their first deployment.",
    "Candidates solve a problem about {tool} and talk for {n} minutes with two engineers.",
    "The contract with the {place} {product} association runs until {year}.",
    "Since {year} every {product} record is copied to {place} within {few} seconds.",
    "{name} plans to open {few} more {product} centres around {place} in {year}.",
    "Moving from one database to {few} shards of {tool} halved the cost of each {product}.",
)


def source_of(company: str, words: int, chance: random.Random) -> str:
    """A text of about ``words`` words, in paragraphs, in which no two sentences are the same."""
    paragraphs: list[str] = []
    written = 0
    while written < words:
        sentences = [
            chance.choice(SENTENCES).format(
                name=company,
                product=chance.choice(PRODUCTS),
                place=chance.choice(PLACES),
                tool=chance.choice(TOOLS),
                year=chance.randint(2019, 2027),
                money=f"{chance.uniform(1, 99):.1f}",
                percent=chance.randint(2, 60),
                n=chance.randint(12, 9000),
                few=chance.randint(2, 12),
            )
            for _ in range(6)
        ]
        paragraphs.append(" ".join(sentences))
        written += sum(len(sentence.split()) for sentence in sentences)
    return "\n\n".join(paragraphs)


def company_name(number: int) -> str:
    return f"{PLACES[number % len(PLACES)]} {PRODUCTS[number % len(PRODUCTS)].title()} {number}"
