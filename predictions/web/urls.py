"""Addresses of models, their training and their predictions."""

from django.urls import path

from predictions.web import (
    accuracy,
    enquiry,
    estimates,
    family,
    letters,
    models,
    outlook,
    overview,
    paper,
    policy,
    releasing,
    reviews,
    right,
    scoring,
    student_outlook,
    tour,
    training,
    versions,
    watchlist,
)

VERSION = "models/versions/<int:pk>/"
OUTLOOK = "students/<int:pk>/outlook/"
CLASS = "classes/<int:pk>/outlook/"
RELEASE = "classes/<int:pk>/outlook/<int:exam_pk>/release/"
MY_EXAM = "my/outlook/<int:student>/<int:exam>/"

urlpatterns = [
    path("models/", models.models, name="models"),
    path("models/score/", models.score_everybody, name="models_score"),
    path("models/back/", models.go_back, name="models_back"),
    path("models/train/", training.train, name="train"),
    path("models/runs/<int:pk>/", training.training_run, name="training_run"),
    path("models/runs/<int:pk>/stop/", training.stop_training, name="training_run_stop"),
    path(VERSION, versions.model_version, name="model_version"),
    *(
        path(f"{VERSION}{what}/", versions.decide, {"what": what}, name=f"model_{what}")
        for what in ("approve", "reject", "promote", "challenge")
    ),
    *(
        path(f"{VERSION}card.{form}", versions.model_card, {"form": form}, name=f"model_card_{form}")
        for form in versions.TYPES
    ),
    path("models/scoring/<int:pk>/", scoring.scoring_run, name="scoring_run"),
    path("models/scoring/<int:pk>/stop/", scoring.stop_scoring, name="scoring_run_stop"),
    path("models/scoring/<int:pk>/retry/", scoring.retry_scoring, name="scoring_run_retry"),
    path("models/accuracy/", accuracy.model_accuracy, name="model_accuracy"),
    path("models/accuracy/exams/<int:pk>/", accuracy.exam_accuracy, name="exam_accuracy"),
    path("models/accuracy/exams/<int:pk>/right.pdf", paper.exam_accuracy_pdf, name="exam_accuracy_pdf"),
    path("models/accuracy/alerts/<int:pk>/close/", accuracy.close_alert, name="close_alert"),
    path("models/try/", enquiry.try_prediction, name="try_prediction"),
    path("models/try/check/", enquiry.check_prediction, name="try_check"),
    path("watchlist/", watchlist.watchlist_page, name="watchlist"),
    path("watchlist/usual/", watchlist.watchlist_usual, name="watchlist-usual"),
    path("overview/", overview.overview_page, name="overview"),
    path("right/", right.right, name="right"),
    path("exams/<int:pk>/right/", right.exam_right_page, name="exam-right"),
    path("exams/<int:pk>/right/brief/", right.exam_right_brief, name="exam-right-brief"),
    path("watchlist.csv", watchlist.watchlist_csv, name="watchlist-csv"),
    path("watchlist.xlsx", watchlist.watchlist_xlsx, name="watchlist-xlsx"),
    path(OUTLOOK, student_outlook.student_outlooks, name="student-outlooks"),
    path(f"{OUTLOOK}brief/", student_outlook.student_outlook_brief, name="student-outlook-brief"),
    path(f"{OUTLOOK}<int:exam>/", student_outlook.student_exam_outlook, name="student-outlook"),
    path(f"{OUTLOOK}<int:exam>/earlier/", student_outlook.student_earlier, name="student-outlook-earlier"),
    path(f"{OUTLOOK}<int:exam>/what-if/", student_outlook.student_what_if, name="student-what-if"),
    path("classes/outlook/columns/", outlook.choose_columns, name="class-outlook-columns"),
    path(CLASS, outlook.next_outlook, name="class-outlook-next"),
    path(f"{CLASS}brief/", outlook.outlook_brief, name="class-outlook-brief"),
    path(f"{CLASS}<int:exam>/", outlook.outlook_page, name="class-outlook"),
    path(f"{CLASS}<int:exam>/students/<int:student>/", outlook.outlook_row, name="class-outlook-row"),
    path(f"{CLASS}<int:exam>/fresh/", outlook.outlook_fresh, name="class-outlook-fresh"),
    path(f"{CLASS}<int:exam>/outlook.csv", outlook.outlook_csv, name="class-outlook-csv"),
    path(f"{CLASS}<int:exam>/outlook.xlsx", outlook.outlook_xlsx, name="class-outlook-xlsx"),
    path(f"{OUTLOOK}<int:exam>/estimate/", estimates.estimate, name="estimate"),
    path("predictions/<int:pk>/feedback/", estimates.feedback, name="feedback"),
    path("tour/", tour.tour, name="tour"),
    path("tour/later/", tour.later, name="tour_later"),
    path("tour/who/", tour.who, name="tour_who"),
    path("tour/who.csv", tour.who_file, name="tour_who_file"),
    path("models/settings/", policy.settings, name="models_settings"),
    path("models/settings/indicators/", policy.indicators, name="models_indicators"),
    path("models/settings/protected/", policy.ask_protected, name="protected_ask"),
    path("models/settings/protected/<int:pk>/approve/", policy.approve_protected, name="protected_approve"),
    path("models/settings/protected/<int:pk>/measure/", policy.measure_protected, name="protected_measure"),
    path("models/settings/protected/<int:pk>/end/", policy.end_protected, name="protected_end"),
    path(RELEASE, releasing.prediction_release, name="prediction-release"),
    path(f"{RELEASE}take-back/", releasing.prediction_take_back, name="prediction-take-back"),
    path("classes/<int:pk>/outlook/<int:exam>/outlook.pdf", paper.class_outlook_pdf, name="class-outlook-pdf"),
    path("classes/<int:pk>/outlook/<int:exam>/letters.pdf", paper.class_letters_pdf, name="class-letters-pdf"),
    path("students/<int:pk>/outlook/<int:exam>/letter.pdf", paper.student_letter_pdf, name="student-letter-pdf"),
    path("letters/", letters.letters, name="letters"),
    path("my/outlook/", family.my_outlook, name="my-outlook"),
    path("my/outlook/brief/", family.my_brief, name="my-outlook-brief"),
    path(MY_EXAM, family.my_outlook_exam, name="my-outlook-exam"),
    path(f"{MY_EXAM}letter.pdf", family.my_letter, name="my-letter"),
    path(f"{MY_EXAM}review/", family.my_review, name="my-review"),
    path("reviews/", reviews.review_list, name="reviews"),
    path("reviews/brief/", reviews.reviews_brief, name="reviews-brief"),
    path("reviews/<int:pk>/", reviews.review, name="review"),
]
