"""The words that templates put beside a person's own, in both languages."""

from __future__ import annotations

LABELS: dict[str, tuple[str, str]] = {
    # headings
    "resume": ("이력서", "Résumé"),
    "career_description": ("경력기술서", "Experience in detail"),
    "summary": ("소개", "Summary"),
    "self_introduction": ("자기소개", "About me"),
    "work": ("경력", "Experience"),
    "work_overview": ("경력 요약", "Career overview"),
    "education": ("학력", "Education"),
    "projects": ("프로젝트", "Projects"),
    "skills": ("기술", "Skills"),
    "certificates": ("자격증", "Certificates"),
    "awards": ("수상", "Awards"),
    "languages": ("어학", "Languages"),
    "volunteer": ("봉사·대외 활동", "Volunteering"),
    "publications": ("논문·저술", "Publications"),
    "interests": ("관심 분야", "Interests"),
    "references": ("추천인", "References"),
    # fields
    "name": ("성명", "Name"),
    "birth_date": ("생년월일", "Date of birth"),
    "phone": ("연락처", "Phone"),
    "email": ("이메일", "Email"),
    "address": ("주소", "Address"),
    "label": ("직무", "Field"),
    "military_service": ("병역", "Military service"),
    "url": ("홈페이지", "Website"),
    "period": ("기간", "Period"),
    "date": ("날짜", "Date"),
    "acquired": ("취득일", "Date"),
    "awarded": ("수상일", "Date"),
    "released": ("발행일", "Date"),
    "school": ("학교", "School"),
    "major": ("전공 및 학위", "Field and degree"),
    "score": ("학점", "Grade"),
    "courses": ("이수 과목", "Courses"),
    "company": ("회사", "Company"),
    "company_position": ("회사 및 직무", "Company and role"),
    "position": ("직무", "Role"),
    "duties": ("담당 업무와 성과", "Work and results"),
    "project": ("프로젝트", "Project"),
    "contents": ("내용", "Details"),
    "roles": ("역할", "Role"),
    "technologies": ("기술", "Technologies"),
    "category": ("구분", "Area"),
    "certificate": ("자격증", "Certificate"),
    "issuer": ("발급 기관", "Issuer"),
    "award": ("수상 내용", "Award"),
    "awarder": ("수여 기관", "Awarded by"),
    "language": ("언어", "Language"),
    "fluency": ("수준", "Level"),
    "organization": ("단체 및 역할", "Organisation and role"),
    "publication": ("제목", "Title"),
    "publisher": ("발행처", "Publisher"),
    # the form's last lines
    "statement": (
        "위에 적은 내용은 사실과 다르지 않습니다.",
        "I confirm that what is written above is true.",
    ),
    "signature": ("(서명)", "(signature)"),
}


def labels(language: str) -> dict[str, str]:
    """Every label in "ko" or "en"."""
    return {key: pair[0 if language == "ko" else 1] for key, pair in LABELS.items()}
