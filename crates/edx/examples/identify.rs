//! Prints what the spectra of some EMSA/MSA files show: `cargo run -p edx --example identify FILE...`

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        let spectrum = edx::msa::read(&std::fs::read(&path)?)?;
        let found = edx::identify(&spectrum, &edx::Options::default());
        println!("{path}: {} counts", spectrum.total_counts());
        for element in &found.elements {
            let lines: Vec<String> = element
                .lines
                .iter()
                .map(|line| format!("{} {:.3}", line.name, line.energy_kev))
                .collect();
            println!(
                "  {:2} weight {:.2}, {:.0} counts, {:.0} sigma; {}; or {:?}",
                element.symbol,
                element.weight,
                element.net_counts,
                element.significance,
                lines.join(", "),
                element.alternatives
            );
        }
        for peak in &found.unexplained {
            println!(
                "  ?  {:.3} keV, {:.0} counts, {:.0} sigma",
                peak.energy_kev, peak.net_counts, peak.significance
            );
        }
    }
    Ok(())
}
