"""Fictional people: everything on their résumés follows from a seed.

Names of companies, schools and people are made up. A person is told in one language; how
dates and headings are written is part of the person, as it is in life.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field


@dataclass
class Job:
    company: str
    title: str
    start: str  # YYYY-MM
    end: str  # YYYY-MM or "present"
    place: str
    bullets: list[str]


@dataclass
class School:
    institution: str
    degree: str
    start: str
    end: str
    grade: str


@dataclass
class Project:
    name: str
    start: str
    end: str
    tools: list[str]
    bullets: list[str]


@dataclass
class Person:
    language: str
    name: str
    label: str
    email: str
    phone: str
    place: str
    links: list[str]
    summary: str
    work: list[Job]
    education: list[School]
    projects: list[Project]
    skills: list[tuple[str, list[str]]]
    certificates: list[tuple[str, str, str]]  # name, issuer, YYYY-MM
    awards: list[tuple[str, str, str]]
    languages: list[tuple[str, str]]
    headings: dict[str, str] = field(default_factory=dict)
    date_style: int = 0

    def truth(self, *, links: list[str] | None = None) -> dict[str, object]:
        """What a careful reader would write down, in the format of the scorer."""
        return {
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "links": self.links if links is None else links,
            "education": [
                {"institution": s.institution, "degree": s.degree, "start": s.start, "end": s.end}
                for s in self.education
            ],
            "experience": [
                {"company": j.company, "title": j.title, "start": j.start, "end": j.end}
                for j in self.work
            ],
            "projects": [p.name for p in self.projects],
            "skills": [skill for _, skills in self.skills for skill in skills],
            "certifications": [name for name, _, _ in self.certificates],
            "awards": [name for name, _, _ in self.awards],
            "lang": self.language,
        }

    def date(self, value: str) -> str:
        """One date as this person writes it."""
        korean = self.language == "ko"
        if value == "present":
            return (
                ("현재", "재직중", "현재", "재직 중")[self.date_style]
                if korean
                else ("Present", "Current", "Now", "present")[self.date_style]
            )
        year, month = value.split("-")
        if korean:
            return (
                f"{year}.{month}", f"{year}년 {int(month)}월", f"'{year[2:]}.{month}",
                f"{year}. {month}.",
            )[self.date_style]  # fmt: skip
        names = "January February March April May June July August September October November December".split()
        name = names[int(month) - 1]
        return (
            f"{name[:3]} {year}", f"{month}/{year}", f"{name} {year}", f"{name[:3]}. {year}",
        )[self.date_style]  # fmt: skip

    def period(self, start: str, end: str) -> str:
        """A span as this person writes it."""
        dash = (
            (" ~ ", " ~ ", " - ", "~") if self.language == "ko" else (" – ", " - ", " – ", " to ")
        )
        return f"{self.date(start)}{dash[self.date_style]}{self.date(end)}"


KO_FAMILY = "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송".split()
KO_GIVEN = "서윤 도현 하린 지호 예나 민재 수아 태오 유진 건우 다은 시우 채원 현서 나연 은성 로운 가람".split()
EN_FIRST = "Maya Oliver Priya Lucas Hannah Diego Chloe Ethan Aisha Noah Ingrid Marcus Elena Samuel Yara Felix".split()
EN_LAST = "Okafor Lindqvist Raman Castillo Whitfield Novak Hargreaves Tanaka Brennan Moreau Adeyemi Kowalski Delgado Fischer".split()

KO_COMPANIES = [
    "㈜노을소프트", "(주)바람데이터", "모래시계랩스", "달빛페이", "주식회사 온새미로", "푸른고래", "하늘다리테크",
    "별헤는컴퍼니", "㈜두레시스템즈", "소나기커머스", "가온누리", "Lumenpath", "라온모빌리티", "(주)참빛정보",
]  # fmt: skip
KO_TITLES = [
    "백엔드 개발자", "프론트엔드 개발자", "서버 개발자", "안드로이드 개발자", "데이터 엔지니어", "DevOps 엔지니어",
    "플랫폼개발팀 / 대리", "소프트웨어 엔지니어", "웹 개발자", "iOS 개발자", "백엔드 개발 인턴", "선임연구원",
]  # fmt: skip
KO_SCHOOLS = [
    "한빛대학교",
    "가온대학교",
    "미래과학기술대학교",
    "서해대학교",
    "누리대학교",
    "동백대학교",
]
KO_MAJORS = [
    "컴퓨터공학과",
    "소프트웨어학부",
    "정보통신공학과",
    "전자공학과",
    "산업공학과",
    "수학과",
]
KO_PROJECTS = [
    "동네책방 재고 알리미", "한끼메이트", "Pingboard", "실시간 경매 서비스 '올림'", "초록발자국", "모두의 시간표", "로그수집기 Haru",
    "채팅 상담 플랫폼", "반려식물 다이어리", "Jobclip", "사내 배포 도구 개선", "버스어디쯤",
]  # fmt: skip
KO_BULLETS = [
    "주문 조회 API의 응답 시간을 평균 1.2초에서 180ms로 줄였습니다.",
    "Redis 캐시를 도입해 데이터베이스 부하를 40% 낮춤",
    "결제 실패 재시도 로직을 설계하고 장애 대응 문서를 작성",
    "레거시 JSP 화면을 React로 옮기면서 공통 컴포넌트 30여 개를 정리했습니다.",
    "GitHub Actions로 배포 자동화, 배포 시간 25분 → 6분",
    "Kafka 기반 이벤트 파이프라인 구축 및 운영",
    "단위 테스트 커버리지를 20%에서 75%까지 끌어올림",
    "신규 입사자 온보딩 문서를 만들고 코드 리뷰 문화를 정착시켰습니다.",
    "검색 색인 구조를 바꿔 검색 결과 정확도를 높임",
    "월 사용자 30만 명 규모 서비스의 회원·인증 모듈 개발",
    "느린 쿼리 12건을 찾아 인덱스를 추가하고 실행 계획을 개선",
    "Prometheus와 Grafana로 모니터링 대시보드를 구성했습니다.",
    "접근성 점검 결과를 반영해 키보드만으로 주문할 수 있게 개선",
    "2021년 대비 고객 문의 30% 감소에 기여",
]
KO_SUMMARIES = [
    "사용자가 겪는 불편을 코드로 줄이는 일을 좋아합니다. 작은 개선을 꾸준히 쌓아 팀의 속도를 높여 왔습니다.",
    "문제의 원인을 끝까지 파고드는 개발자입니다. 측정하고, 고치고, 다시 측정합니다.",
    "읽기 쉬운 코드와 빠른 피드백을 중요하게 생각합니다. 동료와 함께 자라는 팀을 지향합니다.",
]
KO_PLACES = ["서울특별시 마포구", "경기도 성남시 분당구", "부산광역시 해운대구", "서울 관악구"]

EN_COMPANIES = [
    "Harborlight Inc.", "Tidewater Analytics", "Copperleaf Systems", "Nimbus & Oak", "Fernway", "Quillstack Technologies",
    "Bluepine Labs", "Marigold Health", "Stonebridge Financial Group", "Orchard Robotics", "Parallel Kite", "Vantage Row",
    "Saltmarsh Software", "Kestrel Mobility",
]  # fmt: skip
EN_TITLES = [
    "Software Engineer", "Senior Software Engineer", "Backend Developer", "Frontend Engineer", "Data Engineer",
    "Software Engineering Intern", "Full Stack Developer", "DevOps Engineer", "Engineering Manager", "Research Assistant",
    "Mobile Developer", "Site Reliability Engineer", "Machine Learning Engineer", "Lead Developer",
]  # fmt: skip
EN_SCHOOLS = [
    "Northfield University", "Westlake Institute of Technology", "University of Ravenna Hills", "Calder State University",
    "Eastmere College", "Technical University of Brookfurt",
]  # fmt: skip
EN_DEGREES = [
    "Bachelor of Science in Computer Science", "B.S. in Software Engineering", "M.S. Computer Engineering",
    "BSc Mathematics and Computing", "Master of Science in Data Science", "B.Tech, Information Technology",
    "Ph.D. in Computer Science", "Bachelor of Engineering, Electronics",
]  # fmt: skip
EN_PROJECTS = [
    "Trailmark", "Budget Buddy", "OpenTransit Board", "Pixel Garden", "RateLimiter-rs", "Campus Ride Share", "Notewise",
    "Home Sensor Hub", "Chess Coach Bot", "Recipe Radar", "Distributed Key-Value Store", "Sign Language Translator",
]  # fmt: skip
EN_BULLETS = [
    "Cut p99 latency of the checkout service from 900 ms to 210 ms by batching database reads",
    "Led the migration of 14 services from a monolith to Kubernetes with no customer downtime",
    "Built an internal tool that reduced on-call pages by 35% in 2022",
    "Mentored two interns and introduced weekly design reviews",
    "Designed a streaming pipeline in Kafka and Flink that handles 40k events per second",
    "Raised unit test coverage from 48% to 86% and removed flaky tests",
    "Wrote REST and GraphQL endpoints used by three client teams",
    "Automated deployments with Terraform and GitHub Actions, saving six hours a week",
    "Shipped an accessible redesign of the account pages, lifting task completion by 12%",
    "Implemented role-based access control for 200+ enterprise customers",
    "Improved search relevance by reranking results with a gradient boosted model",
    "Presented findings to a group of 30 engineers and product managers",
    "Reduced AWS spend by $18,000 a month through rightsizing and spot instances",
    "Migrated legacy jobs to Airflow and documented runbooks for every team",
]
EN_SUMMARIES = [
    "Engineer who enjoys making slow systems fast and confusing interfaces plain, with a record of shipping in small steps.",
    "Backend developer focused on reliability, observability and clear interfaces between teams.",
    "Curious generalist with experience from embedded devices to web front ends.",
]
EN_PLACES = [
    "Portland, OR",
    "Austin, TX",
    "Berlin, Germany",
    "Toronto, Canada",
    "Boston, MA",
    "London, UK",
]

SKILLS = {
    "languages": [
        "Java",
        "Python",
        "TypeScript",
        "JavaScript",
        "Go",
        "Kotlin",
        "C++",
        "SQL",
        "Rust",
        "C#",
    ],
    "frameworks": [
        "Spring Boot",
        "React",
        "Django",
        "Next.js",
        "Vue.js",
        "FastAPI",
        "Node.js",
        "JPA",
        "NestJS",
        "Flask",
    ],
    "data": ["MySQL", "PostgreSQL", "Redis", "MongoDB", "Elasticsearch", "Kafka", "Oracle"],
    "infra": [
        "AWS",
        "Docker",
        "Kubernetes",
        "Terraform",
        "GitHub Actions",
        "Jenkins",
        "Nginx",
        "Linux",
    ],
    "tools": ["Git", "Jira", "Figma", "Slack", "Postman", "Grafana"],
}
SKILL_LABELS = {
    "ko": [
        {"languages": "언어", "frameworks": "프레임워크", "data": "데이터베이스", "infra": "인프라", "tools": "협업 도구"},
        {"languages": "Language", "frameworks": "Framework", "data": "Database", "infra": "DevOps", "tools": "Tools"},
    ],
    "en": [
        {"languages": "Languages", "frameworks": "Frameworks", "data": "Databases", "infra": "Cloud & DevOps", "tools": "Tools"},
        {"languages": "Programming Languages", "frameworks": "Frameworks & Libraries", "data": "Data", "infra": "Infrastructure", "tools": "Developer Tools"},
    ],
}  # fmt: skip
HEADINGS = {
    "ko": [
        {"summary": "소개", "work": "경력", "education": "학력", "projects": "프로젝트", "skills": "기술 스택", "certificates": "자격증", "awards": "수상", "languages": "어학", "contact": "연락처"},
        {"summary": "자기소개", "work": "경력 사항", "education": "학력 사항", "projects": "주요 프로젝트", "skills": "보유 기술", "certificates": "자격 사항", "awards": "수상 내역", "languages": "외국어", "contact": "인적사항"},
        {"summary": "About Me", "work": "Work Experience", "education": "Education", "projects": "Projects", "skills": "Skills", "certificates": "Certificates", "awards": "Awards", "languages": "Languages", "contact": "Contact"},
        {"summary": "간단 소개", "work": "업무 경험", "education": "학력", "projects": "개인 프로젝트", "skills": "기술", "certificates": "자격증", "awards": "수상 경력", "languages": "어학 능력", "contact": "기본 정보"},
    ],
    "en": [
        {"summary": "Summary", "work": "Experience", "education": "Education", "projects": "Projects", "skills": "Skills", "certificates": "Certifications", "awards": "Awards", "languages": "Languages", "contact": "Contact"},
        {"summary": "Profile", "work": "Professional Experience", "education": "Education", "projects": "Personal Projects", "skills": "Technical Skills", "certificates": "Licenses & Certifications", "awards": "Honors & Awards", "languages": "Languages", "contact": "Contact"},
        {"summary": "About", "work": "Employment History", "education": "Academic Background", "projects": "Selected Projects", "skills": "Technologies", "certificates": "Certificates", "awards": "Achievements", "languages": "Languages", "contact": "Details"},
        {"summary": "Objective", "work": "Work Experience", "education": "Education", "projects": "Side Projects", "skills": "Skills", "certificates": "Certifications", "awards": "Awards", "languages": "Languages", "contact": "Contact"},
    ],
}  # fmt: skip
ROMAN = "seoyun dohyun harin jiho yena minjae sua taeo yujin gunwoo daeun siwoo chaewon hyunseo nayeon eunsung roun garam".split()


def person(seed: int, language: str) -> Person:
    """The person of this seed, always the same."""
    rng = random.Random(f"{seed} {language}")
    korean = language == "ko"
    if korean:
        index = rng.randrange(len(KO_GIVEN))
        name = rng.choice(KO_FAMILY) + KO_GIVEN[index]
        handle = f"{ROMAN[index]}-dev"
        phone = f"010-{rng.randint(2000, 9899)}-{rng.randint(1000, 9999)}"
        email = (
            f"{ROMAN[index]}.dev@{rng.choice(['example.com', 'ssammu.test', 'mail.example.kr'])}"
        )
    else:
        first, last = rng.choice(EN_FIRST), rng.choice(EN_LAST)
        name = f"{first} {last}"
        handle = f"{first[0]}{last}".lower()
        phone = rng.choice(
            [
                f"(503) 555-01{rng.randint(10, 99)}",
                f"+1 512-555-01{rng.randint(10, 99)}",
                f"617.555.01{rng.randint(10, 99)}",
            ]
        )
        email = f"{first}.{last}@example.com".lower()
    links = [f"https://github.com/{handle}"]
    links.append(
        f"https://{handle}.tistory.com"
        if korean and seed % 2
        else f"https://linkedin.com/in/{handle}"
    )
    if seed % 3 == 0:
        links.append(f"https://{handle}.dev" if not korean else f"https://velog.io/@{handle}")
    year = 2024 - rng.randint(0, 1)
    work = []
    companies = rng.sample(KO_COMPANIES if korean else EN_COMPANIES, 3)
    titles = rng.sample(KO_TITLES if korean else EN_TITLES, 3)
    bullets = rng.sample(KO_BULLETS if korean else EN_BULLETS, 10)
    ends = "present"
    for number in range(rng.choice([2, 3, 3])):
        length = rng.randint(1, 2)
        start = f"{year - length}-{rng.randint(1, 12):02d}"
        work.append(
            Job(
                companies[number],
                titles[number],
                start,
                ends,
                rng.choice(KO_PLACES if korean else EN_PLACES),
                bullets[number * 3 : number * 3 + rng.randint(2, 3)],
            )
        )
        year -= length
        ends = f"{year}-{max(1, int(start[5:]) - 1):02d}"
        if ends > start:
            ends = start
    education = []
    for number in range(1 if seed % 2 else 2):
        end = f"{year - number * 4}-02" if korean else f"{year - number * 4}-06"
        education.append(
            School(
                rng.choice(KO_SCHOOLS if korean else EN_SCHOOLS),
                rng.choice(KO_MAJORS if korean else EN_DEGREES),
                f"{year - number * 4 - 4}-{'03' if korean else '09'}", end,
                f"{rng.randint(33, 44) / 10}/4.5" if korean else f"{rng.randint(33, 39) / 10}/4.0",
            )
        )  # fmt: skip
    projects = []
    for name_ in rng.sample(KO_PROJECTS if korean else EN_PROJECTS, rng.choice([2, 3])):
        begin = rng.randint(2019, 2023)
        month = rng.randint(1, 8)
        projects.append(
            Project(
                name_,
                f"{begin}-{month:02d}",
                f"{begin}-{month + rng.randint(1, 4):02d}",
                rng.sample(SKILLS["frameworks"], 2) + rng.sample(SKILLS["data"], 1),
                rng.sample(KO_BULLETS if korean else EN_BULLETS, 2),
            )
        )
    labels = rng.choice(SKILL_LABELS[language])
    skills = [
        (labels[key], rng.sample(values, rng.randint(3, min(6, len(values)))))
        for key, values in SKILLS.items()
        if key != "tools" or seed % 2
    ]
    certificates = rng.sample(
        [("정보처리기사", "한국산업인력공단", "2019-05"), ("SQLD", "한국데이터산업진흥원", "2020-09"), ("AWS Certified Solutions Architect – Associate", "Amazon Web Services", "2022-11"), ("리눅스마스터 1급", "한국정보통신진흥협회", "2021-04")]
        if korean else
        [("AWS Certified Developer – Associate", "Amazon Web Services", "2022-03"), ("Certified Kubernetes Administrator", "CNCF", "2023-01"), ("Google Professional Data Engineer", "Google Cloud", "2021-08")],
        2,
    ) if seed % 4 != 3 else []  # fmt: skip
    awards = rng.sample(
        [("교내 캡스톤디자인 경진대회 최우수상", "공과대학", "2018-11"), ("공공데이터 해커톤 우수상", "행정안전부", "2021-10"), ("전국 대학생 프로그래밍 대회 장려상", "한국정보과학회", "2017-10")]
        if korean else
        [("First Place, Regional Hackathon", "CodeFair", "2019-04"), ("Dean's List", "", "2018-12"), ("Best Capstone Project Award", "School of Engineering", "2019-05")],
        2,
    ) if seed % 3 != 1 else []  # fmt: skip
    return Person(
        language, name, work[0].title if "/" not in work[0].title else "백엔드 개발자", email, phone,
        rng.choice(KO_PLACES if korean else EN_PLACES), links, rng.choice(KO_SUMMARIES if korean else EN_SUMMARIES),
        work, education, projects, skills, certificates, awards,
        [("영어", "비즈니스 회화 가능"), ("일본어", "JLPT N2")] if korean else [("English", "Native"), ("Spanish", "Intermediate")],
        rng.choice(HEADINGS[language]), rng.randrange(4),
    )  # fmt: skip
