"""The words that give a topic of the question bank away in a company's texts.

They are wordings of engineering, as annual reports and introductions put it. What means
something else to a business is left out: "container" and "네트워크" are logistics, "인증"
is a certificate. A topic that staff have added is found by its names.
"""

from __future__ import annotations

import functools
import re

from apps.interview.models import Topic

_TERMS = {
    "operating-systems": """
        operating system, Linux kernel, Linux, eBPF, real-time operating system, RTOS,
        scheduler, multithreading, virtual memory, file system, embedded software, firmware,
        device driver,
        운영체제, 리눅스, 커널, 스케줄러, 멀티스레드, 가상 메모리, 파일 시스템, 임베디드,
        펌웨어, 디바이스 드라이버, 실시간 운영체제
    """,
    "networks": """
        TCP, UDP, HTTP/2, HTTP/3, QUIC, WebSocket, gRPC, DNS, CDN, load balancer, latency,
        round trip, MQTT, packet loss, VPN, service mesh,
        네트워크 장비, 네트워크 지연, 네트워크 프로토콜, 로드 밸런서, 지연 시간, 왕복 시간,
        패킷, 웹소켓, 통신 프로토콜, 서비스 메시
    """,
    "databases": """
        database, PostgreSQL, MySQL, MariaDB, Oracle, MongoDB, Redis, Cassandra, DynamoDB, SQL,
        transaction isolation, replication, sharding, data warehouse, query plan, time series,
        데이터베이스, 트랜잭션 격리, 데이터 복제, 샤딩, 인덱스 설계, 실행 계획,
        데이터 웨어하우스, 시계열, 레디스, 쿼리 튜닝
    """,
    "data-structures-algorithms": """
        algorithm, data structure, shortest path, dynamic programming, graph search, hash table,
        route optimisation, route optimization, heuristic, nearest neighbour,
        approximate search, time complexity, Bloom filter,
        알고리즘, 자료구조, 최단 경로, 동적 계획법, 그래프 탐색, 해시 테이블, 경로 최적화,
        휴리스틱, 시간 복잡도, 근사 탐색
    """,
    "web-security": """
        OAuth, OpenID Connect, single sign-on, TLS, encryption, authentication,
        XSS, CSRF, SQL injection, zero trust, penetration test, vulnerability, key management,
        Next.js, Vue, browser, front end, frontend,
        보안, 암호화, 사용자 인증, 접근 권한, 제로 트러스트, 모의 해킹, 취약점, 키 관리,
        브라우저, 프런트엔드, 프론트엔드
    """,
    "languages-runtimes": """
        Java, Kotlin, Python, Golang, Rust, C++, TypeScript, JavaScript, Scala, JVM, Node.js,
        garbage collection, coroutine, asynchronous, runtime, compiler,
        자바, 코틀린, 파이썬, 러스트, 타입스크립트, 자바스크립트, 가비지 컬렉션, 코루틴, 비동기,
        런타임, 컴파일러
    """,
    "software-design": """
        microservices, domain-driven design, event-driven, event sourcing, monolith, hexagonal,
        refactoring, code review, unit test, test-driven, API design, technical debt,
        idempotent,
        마이크로서비스, 도메인 주도 설계, 이벤트 기반, 이벤트 소싱, 모놀리식, 모놀리스,
        리팩터링, 리팩토링, 코드 리뷰, 테스트 주도, 기술 부채, 멱등
    """,
    "cloud": """
        cloud, Kubernetes, Docker, container image, AWS, Azure, Terraform, serverless,
        autoscaling, CI/CD, continuous delivery, observability, Prometheus, Kafka,
        message queue, data centre, data center, object storage, multi-region,
        availability zone,
        클라우드, 쿠버네티스, 도커, 컨테이너 이미지, 서버리스, 오토스케일링, 지속적 배포,
        관측 가능성, 카프카, 메시지 큐, 데이터 센터, 가용 영역, 멀티 리전
    """,
}


@functools.cache
def _pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    written = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{written})(?![A-Za-z0-9])", re.IGNORECASE)


def place_of(topic: Topic, text: str) -> tuple[int, int] | None:
    """Where the text first says a word that gives the topic away; None where it says none."""
    terms = tuple(_terms_of(topic))
    found = _pattern(terms).search(text) if terms else None
    return found.span() if found else None


def topic_terms() -> list[dict[str, object]]:
    """Every topic with its words, as the sidecar takes them."""
    return [
        {"id": topic.slug, "terms": _terms_of(topic)} for topic in Topic.objects.order_by("slug")
    ]


def _terms_of(topic: Topic) -> list[str]:
    if known := _TERMS.get(topic.slug):
        return [" ".join(term.split()) for term in known.split(",")]
    return [name for name in (topic.name_ko, topic.name_en) if name]  # type: ignore[attr-defined]
