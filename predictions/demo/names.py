"""Names of many origins for people who do not exist, drawn by seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlcore.synth.people import NAME_ORIGINS


@dataclass(frozen=True)
class Names:
    female: tuple[str, ...]
    male: tuple[str, ...]
    family: tuple[str, ...]


def _names(female: str, male: str, family: str) -> Names:
    return Names(*(tuple(text.split()) for text in (female, male, family)))


BY_ORIGIN = {
    "english": _names(
        "Amelia Olivia Isla Ava Emily Sophie Grace Freya Ella Florence Poppy Charlotte Evie Rosie Daisy Matilda Phoebe "
        "Harriet Eliza Imogen Martha Beatrice Orla Niamh Siân Maeve Georgia Hannah Lucy Abigail",
        "Oliver George Harry Noah Jack Leo Arthur Oscar Theo Archie Freddie Henry Alfie Edward Samuel Finn Rory Callum "
        "Euan Dylan Rhys Owen Toby Jasper Reuben Felix Hugo Nathan Ben Adam",
        "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts "
        "Green Hall Wood Jackson Clarke O’Neill Byrne MacDonald Fraser Murphy Hughes Edwards Turner Carter Phillips "
        "Mitchell Bennett Ward Cooper Bailey Marsh Ashworth Holt Pryce Whitaker",
    ),
    "spanish": _names(
        "Lucía Sofía Martina María Paula Valeria Daniela Alba Carmen Inés Elena Noa Camila Ximena Julieta Rocío",
        "Mateo Hugo Martín Lucas Leo Daniel Pablo Álvaro Adrián Diego Javier Andrés Joaquín Emilio Rafael Gael",
        "García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Jiménez Ruiz Hernández Díaz Moreno "
        "Muñoz Álvarez Romero Gutiérrez Torres Navarro Castillo Núñez Ibáñez Peña",
    ),
    "south_asian": _names(
        "Aanya Diya Priya Kavya Isha Meera Anika Riya Saanvi Zara Ayesha Fatima Nisha Tara Lakshmi Simran Maryam Hiba",
        "Arjun Rohan Aarav Vihaan Kabir Dev Rahul Nikhil Imran Bilal Hamza Zain Ishaan Karthik Sanjay Amar Faisal Yusuf",
        "Patel Sharma Singh Khan Kumar Gupta Nair Iyer Reddy Mehta Desai Chaudhry Hussain Ahmed Malik Rahman Begum Kaur "
        "Banerjee Fernando Perera Siddiqui Joshi Rao",
    ),
    "chinese": _names(
        "Mei Xinyi Yutong Jia Lan Hui Yan Ling Zihan Siyu Wenjing Qian Yue Rui",
        "Wei Jun Hao Zihao Ming Tao Lei Bo Yichen Haoran Jian Kai Feng Zhi",
        "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Lin Guo He Gao Luo",
    ),
    "arabic": _names(
        "Layla Nour Yasmin Salma Amina Hana Rania Dina Mariam Farah Lina Samira Huda Reem",
        "Omar Karim Youssef Ali Ahmad Hassan Tariq Khalid Samir Rami Adel Nabil Ziad Ibrahim",
        "Haddad Khoury Mansour Saleh Nasser Hamdan Farouk Aziz Darwish Sabbagh Najjar Bakri al-Masri Qasim Hijazi Rahal",
    ),
    "polish": _names(
        "Zofia Zuzanna Hanna Julia Maja Alicja Oliwia Lena Wiktoria Łucja Agnieszka Kinga Małgorzata Ewa",
        "Jakub Antoni Szymon Jan Filip Kacper Wojciech Mikołaj Łukasz Paweł Tomasz Michał Stanisław Bartosz",
        "Nowak Kowalski Wiśniewski Wójcik Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Kozłowski Jankowski "
        "Mazur Krawczyk Piotrowski Grabowski Pawłowski Michalski",
    ),
    "west_african": _names(
        "Amara Adaeze Chioma Ngozi Folake Temitope Abena Efua Akosua Aminata Fatou Zainab Ifeoma Yewande",
        "Chidi Emeka Tunde Kwame Kofi Kojo Obinna Olumide Babatunde Seydou Mamadou Ikenna Femi Yaw",
        "Okafor Adeyemi Mensah Owusu Diallo Nwosu Eze Balogun Osei Boateng Asante Traoré Adebayo Okonkwo Danso Keita "
        "Bello Abubakar",
    ),
}  # fmt: skip
MIXED = 0.12  # of given names come from another origin than the family name


def draw(rng: np.random.Generator, origins: NDArray[np.int8], genders: Sequence[str]) -> tuple[list[str], list[str]]:
    """Given and family names. Where the gender is neither female nor male, either list may give the name."""
    count = len(origins)
    elsewhere = rng.random(count) < MIXED
    given_origin = np.where(elsewhere, rng.integers(0, len(NAME_ORIGINS), count), origins)
    picks = rng.random((3, count))
    given, family = [], []
    for row in range(count):
        pool = BY_ORIGIN[NAME_ORIGINS[given_origin[row]]]
        female = genders[row] == "female" or (genders[row] != "male" and picks[2, row] < 0.5)
        names = pool.female if female else pool.male
        families = BY_ORIGIN[NAME_ORIGINS[origins[row]]].family
        given.append(names[int(picks[0, row] * len(names))])
        family.append(families[int(picks[1, row] * len(families))])
    return given, family
