"""People who do not exist: one with every field of a profile and a photo, one with none,
and one who writes in English.
"""

from __future__ import annotations

import base64
from typing import Any

# A grey picture of 3 by 4 pixels.
PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAAECAAAAABuRtrbAAAAD0lEQVR42mO4cOECAxIGAE4QCcG6"
    "gPTfAAAAAElFTkSuQmCC"
)

EMPTY_PROFILE: dict[str, Any] = {}

FULL_PROFILE: dict[str, Any] = {
    "basics": {
        "name": "윤가람",
        "label": "백엔드 개발자",
        "email": "garam.yun@example.com",
        "phone": "010-0000-1234",
        "url": "https://garam.example.com",
        "summary": (
            "느린 화면의 까닭을 끝까지 찾는 4년 차 백엔드 개발자입니다. "
            "주문과 정산처럼 틀리면 안 되는 일을 주로 맡았습니다.\n"
            "장애를 겪은 날에는 기록을 남기고, 같은 일이 다시 생기지 않게 도구를 만듭니다."
        ),
        "birthDate": "1996-04-09",
        "militaryService": "육군 병장 만기 전역 (2016.05 ~ 2018.02)",
        "location": {
            "address": "가온로 12길 34",
            "postalCode": "04500",
            "city": "마포구",
            "region": "서울",
            "countryCode": "KR",
        },
        "profiles": [
            {
                "network": "GitHub",
                "username": "garam-yun",
                "url": "https://github.example.com/garam-yun",
            },
            {"network": "Blog", "username": "가람의 기록", "url": "https://log.example.com/@g"},
        ],
    },
    "work": [
        {
            "name": "㈜노을페이",
            "position": "백엔드 개발자",
            "location": "서울",
            "description": "소상공인 간편결제 서비스",
            "url": "https://noeulpay.example.com",
            "startDate": "2023-06",
            "summary": "정산과 환불을 맡은 다섯 명의 팀에서 일합니다.",
            "highlights": [
                "매일 새벽 3시간 걸리던 정산을 나누어 처리해 25분으로 줄였습니다.",
                "환불 요청을 한 번만 처리하도록 멱등 키를 도입해 이중 환불을 없앴습니다.",
                "Kotlin으로 결제 승인 API를 다시 쓰고 p99를 480ms에서 120ms로 낮췄습니다.",
            ],
        },
        {
            "name": "모래시계랩스",
            "position": "서버 개발자",
            "location": "성남",
            "description": "예약 관리 서비스",
            "url": "https://hourglass.example.com",
            "startDate": "2021-03",
            "endDate": "2023-05",
            "summary": "예약 서버를 처음부터 운영까지 맡았습니다.",
            "highlights": [
                "느린 쿼리 12건을 찾아 인덱스를 고치고 실행 계획을 문서로 남겼습니다.",
                "GitHub Actions로 배포를 자동화해 배포 시간을 25분에서 6분으로 줄였습니다.",
            ],
        },
    ],
    "volunteer": [
        {
            "organization": "동네코딩교실",
            "position": "멘토",
            "url": "https://village.example.org",
            "startDate": "2022-01",
            "endDate": "2022-12",
            "summary": "중학생 여덟 명과 파이썬을 공부했습니다.",
            "highlights": ["수업 자료를 공개했습니다."],
        }
    ],
    "education": [
        {
            "institution": "한빛대학교",
            "url": "https://hanbit.example.ac.kr",
            "area": "컴퓨터공학",
            "studyType": "학사",
            "startDate": "2015-03",
            "endDate": "2021-02",
            "score": "3.9 / 4.5",
            "courses": ["운영체제", "데이터베이스", "컴퓨터네트워크"],
        }
    ],
    "projects": [
        {
            "name": "동네책방 알리미",
            "description": "책방 열두 곳의 재고를 모아 찾는 책이 들어오면 알려 줍니다.",
            "highlights": [
                "재고 변경을 큐로 받아 1분 안에 알림을 보냅니다.",
                "달마다 1,200명이 씁니다.",
            ],
            "keywords": ["Python", "Django", "Celery", "PostgreSQL"],
            "startDate": "2022-05",
            "endDate": "2022-11",
            "url": "https://books.example.com",
            "roles": ["기획", "서버 개발"],
            "entity": "개인",
            "type": "웹 서비스",
        }
    ],
    "skills": [
        {"name": "언어", "level": "능숙", "keywords": ["Kotlin", "Java", "Python", "SQL"]},
        {"name": "서버", "keywords": ["Spring Boot", "Django", "Kafka", "Redis"]},
        {"name": "운영", "keywords": ["AWS", "Docker", "Kubernetes", "Grafana"]},
    ],
    "certificates": [
        {
            "name": "정보처리기사",
            "date": "2020-11-27",
            "issuer": "한국산업인력공단",
            "url": "https://certificate.example.or.kr/2020",
        },
        {"name": "SQLD", "date": "2019-12", "issuer": "한국데이터산업진흥원"},
    ],
    "awards": [
        {
            "title": "캡스톤 디자인 최우수상",
            "date": "2020-12-04",
            "awarder": "한빛대학교",
            "summary": "버스 도착 예측 서비스",
        }
    ],
    "languages": [
        {"language": "한국어", "fluency": "모국어"},
        {"language": "영어", "fluency": "업무 가능 (TOEIC 880)"},
    ],
    "publications": [
        {
            "name": "정산 배치를 나누는 네 가지 방법",
            "publisher": "서버인 모임지",
            "releaseDate": "2024-02-10",
            "url": "https://journal.example.com/settlement",
            "summary": "나누는 기준에 따라 실패가 어디까지 번지는지 견줍니다.",
        }
    ],
    "interests": [{"name": "오픈소스", "keywords": ["관측 도구", "데이터베이스"]}],
    "references": [{"name": "서하늘 (노을페이 팀장)", "reference": "끝까지 확인하는 동료입니다."}],
}

ENGLISH_PROFILE: dict[str, Any] = {
    "basics": {
        "name": "Mina Seo",
        "label": "Backend Engineer",
        "email": "mina.seo@example.com",
        "phone": "+82 10-0000-5678",
        "url": "https://mina.example.com",
        "summary": (
            "Backend engineer with four years in payments and logistics. I look for the reason "
            "a page is slow until I find it, and I write down what I learned."
        ),
        "birthDate": "1997-08-21",
        "location": {"city": "Mapo-gu", "region": "Seoul", "countryCode": "KR"},
        "profiles": [{"network": "GitHub", "url": "https://github.example.com/mina-seo"}],
    },
    "work": [
        {
            "name": "Harbour Freight Labs",
            "position": "Backend Engineer",
            "location": "Seoul",
            "description": "Live tracking for twelve shipping lines",
            "startDate": "2023-04",
            "summary": "One of six on the team that turns ship signals into arrival times.",
            "highlights": [
                "Cut the delay between a signal and the map from 40 seconds to 3 with a stream.",
                "Moved nightly reports off the main database; its p99 fell from 900 ms to 140 ms.",
                "Wrote the guide that new colleagues follow through their first on-call week.",
            ],
        },
        {
            "name": "Paper Lantern",
            "position": "Junior Developer",
            "location": "Busan",
            "description": "Tickets for small theatres",
            "startDate": "2021-03",
            "endDate": "2023-03",
            "highlights": [
                "Made seat booking safe against double sales with one conditional update.",
                "Brought test coverage of the payment code from 31% to 88%.",
            ],
        },
    ],
    "projects": [
        {
            "name": "Tidebook",
            "description": "Tide tables for sixty beaches, by text message.",
            "highlights": ["Answers 900 messages on a summer Saturday from one small server."],
            "keywords": ["Python", "FastAPI", "SQLite"],
            "startDate": "2022-06",
            "endDate": "2022-09",
            "url": "https://tidebook.example.com",
        }
    ],
    "education": [
        {
            "institution": "Haneul University",
            "area": "Computer Science",
            "studyType": "B.Sc.",
            "startDate": "2016-03",
            "endDate": "2021-02",
            "score": "4.1 / 4.5",
        }
    ],
    "skills": [
        {"name": "Languages", "keywords": ["Python", "Go", "Kotlin", "SQL"]},
        {"name": "Services", "keywords": ["Django", "gRPC", "Kafka", "PostgreSQL"]},
        {"name": "Operations", "keywords": ["Docker", "Kubernetes", "Terraform", "Grafana"]},
    ],
    "certificates": [
        {"name": "Cloud Developer Associate", "date": "2023-10", "issuer": "Cumulus Academy"}
    ],
    "languages": [
        {"language": "Korean", "fluency": "Native"},
        {"language": "English", "fluency": "Professional"},
    ],
}
