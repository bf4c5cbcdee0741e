"""Names of people who do not exist, as one hears them at a school gate."""


def _names(text: str) -> list[str]:
    return text.split()


GIRLS = _names("""
    Aïcha Alice Amina Anaïs Anna Assia Aya Camille Capucine Chloé Clara Clémence Diana Éléa Élise Emma Esther Fanta
    Fatou Flora Gabrielle Hawa Héloïse Inès Iris Jade Jeanne Kadiatou Khadija Kiara Léa Leïla Léna Lina Lisa Louise
    Louna Lucie Maëlys Mai Manon Maram Margaux Mariam Marwa Mathilde Mei Meryem Mila Naïma Nina Noémie Olivia Romane
    Rose Salomé Sara Sirine Sofia Sokhna Soraya Suzanne Thaïs Thi-Lan Victoire Yasmine Zahra Zélie
""")

BOYS = _names("""
    Aaron Adam Adrien Alassane Ali Amadou Amir Anis Antoine Arthur Augustin Ayoub Basile Bilal Brahim Camil Clément
    Côme Daouda David Diego Élias Éliott Émile Enzo Ethan Félix Gabin Gabriel Gaspard Hamza Hugo Ibrahim Ilyès
    Ismaël Issa Jean Joachim Jules Kenzo Kylian Léo Liam Louis Lucas Maël Malo Marius Martin Mathis Mehdi Moussa
    Nabil Naël Nathan Nicolas Noah Nolan Oscar Ousmane Paul Pierre Raphaël Rayan Robin Sacha Samuel Simon Théo Tiago
    Victor Wassim Yanis Youssef
""")

WOMEN = _names("""
    Agnès Aminata Anne-Sophie Aurélie Bintou Caroline Cécile Céline Charlotte Christelle Claire Coumba Delphine
    Djamila Élodie Émilie Estelle Fatima Fatoumata Florence Hanane Hélène Houda Isabelle Jasmine Jessica Julie
    Karima Karine Laetitia Laure Leïla Linh Lucie Malika Marie Marion Mélanie Myriam Nadia Naïma Nathalie Nawal
    Noura Pauline Rachel Rim Sabrina Salimata Samia Sandrine Sarah Sonia Sophie Stéphanie Valérie Vanessa Virginie
    Yamina Zineb
""")

MEN = _names("""
    Abdel Adama Alexandre Amadou Antoine Arnaud Benjamin Benoît Boubacar Cédric Christophe Cyril Damien David Demba
    Driss Emmanuel Éric Fabien Farid François Frédéric Grégory Guillaume Hakim Hassan Idriss Jérôme Julien Karim
    Kevin Laurent Loïc Malik Mamadou Marc Mathieu Maxime Mickaël Minh Mohamed Mourad Nicolas Olivier Omar Pascal
    Patrick Philippe Quentin Rachid Romain Samir Sébastien Sofiane Stéphane Sylvain Tarek Thierry Thomas Vincent
    Xavier Yann Youcef
""")

SURNAMES = _names("""
    Abdallah Adjovi Aït-Ahmed Almeida André Aubert Bah Baldé Barbier Barry Beaumont Ben-Youssef Benali Berger
    Bernard Bertrand Blanc Boucher Boulanger Bourgeois Camara Carpentier Chauvin Chen Chevalier Cissé Colin Conté
    Costa Coulibaly Da-Silva David Dembélé Denis Diallo Diarra Diop Dos-Santos Doucouré Dubois Dufour Dumas Dupont
    Durand El-Amrani Étienne Fabre Fall Faure Fernandes Ferreira Fofana Fontaine Fournier Gaillard Garcia Gauthier
    Gérard Girard Gomes Guérin Guillaume Haddad Hamidi Henry Huang Hubert Jacquet Joly Kaba Kaci Keita Konaté Koné
    Lacroix Lambert Laurent Le-Gall Leclerc Lefèvre Lemaire Leroy Lopes Lopez Lucas Mahamat Mansouri Marchand Martin
    Martinez Masson Mbaye Mendes Mercier Meunier Michel Moreau Morel Morin Moulin Nguyen Nicolas Noël Ouattara
    Ouédraogo Pereira Perrin Petit Pham Picard Pires Renard Renaud Richard Rivière Robert Roche Rodrigues Rousseau
    Roux Roy Saïdi Sanchez Sangaré Sarr Schmitt Sidibé Silva Simon Sissoko Sow Tavares Thomas Touré Tran Traoré
    Vasseur Vidal Vincent Wagner Yilmaz Zaoui Zerrouki Zhang
""")

STREETS = (
    ("rue des Marronniers", "allée du Petit-Bois", "rue de l’Épi-d’Or", "rue Eugène-Varlin"),
    ("boulevard Maxime-Gorki", "rue Georges-Lebigot", "rue Pascal", "avenue Karl-Marx"),
    ("avenue de Stalingrad", "rue Jean-Jaurès", "rue Ambroise-Croizat", "rue Guynemer"),
    ("avenue de la République", "rue du Moulin-de-Saquet", "chemin de la Ferme", "rue Paul-Bert"),
)
"""By neighbourhood, as the sectors of Villejuif have them."""

SYMBOLS = (
    *("lapin", "ecureuil", "fusee", "bateau", "oiseau", "poisson", "tortue"),
    *("feuille", "etoile", "cerise", "fleur", "chat", "escargot"),
)
