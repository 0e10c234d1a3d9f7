"""One statistic a module: PSI, the chi-squared test of homogeneity, Kolmogorov and Smirnov's distance."""
