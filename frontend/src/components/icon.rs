//! Drawings of a few strokes, in the colour of the text around them.

use leptos::prelude::*;

/// The icons of the application, by what they stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// Dashboard.
    Dashboard,
    /// Trends and control charts.
    Trend,
    /// Pareto.
    Pareto,
    /// How things move together.
    Correlation,
    /// The clock and the calendar.
    Season,
    /// Wafers on top of each other.
    Stack,
    /// Parts of the wafer.
    Zones,
    /// Dies and yield.
    Dies,
    /// Control charts.
    ControlChart,
    /// Alerts.
    Alert,
    /// Wafers.
    Wafer,
    /// Lots.
    Lot,
    /// Inspections.
    Inspection,
    /// Equipment.
    Equipment,
    /// Defect types.
    DefectType,
    /// Imports.
    Import,
    /// Users.
    User,
    /// The menu on a narrow screen.
    Menu,
    /// Close, remove.
    Close,
    /// Opens downwards.
    Down,
    /// Save to a file.
    Download,
    /// The one before.
    Previous,
    /// The one after.
    Next,
    /// Search.
    Search,
    /// Fills the screen.
    FullScreen,
    /// A ruler.
    Measure,
    /// Contrast.
    Contrast,
    /// Brightness.
    Brightness,
    /// The keyboard.
    Keyboard,
    /// Done.
    Check,
    /// A picture.
    Picture,
    /// A spectrum.
    Spectrum,
}

impl Icon {
    /// Strokes in a square of 16 by 16.
    fn path(self) -> &'static str {
        match self {
            Self::Dashboard => "M2 2h5v6H2zM9 2h5v4H9zM9 8h5v6H9zM2 10h5v4H2z",
            Self::Trend => "M2 13h12M2 10l3-4 3 2 5-5M13 3v3M13 3h-3",
            Self::Pareto => "M2 14h12M3 14V4h2.500v10M7 14V8h2.500v6M11 14v-3h2.500v3",
            Self::Correlation => {
                "M2 2v12h12M5 10.500h.500M7 8h.500M9.500 8.500h.500M10 5.500h.500M12.500 4h.500M5 12l8-9"
            }
            Self::Season => {
                "M2.500 3.500h11v10h-11zM2.500 6.500h11M5.500 2v3M10.500 2v3M8 8.500v2.500l1.500 1"
            }
            Self::Stack => "M8 2l6 3-6 3-6-3zM2 8l6 3 6-3M2 11l6 3 6-3",
            Self::Zones => {
                "M8 1.500a6.500 6.500 0 1 0 .01 0M8 5.500a2.500 2.500 0 1 0 .01 0M8 1.500v4M8 10.500v4M1.500 8h4M10.500 8h4"
            }
            Self::Dies => {
                "M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9zM10.500 10.500l2 2M12.500 10.500l-2 2"
            }
            Self::ControlChart => "M2 3.500h12M2 12.500h12M2 9l3-2 3 2.500 3-4 3 1.500",
            Self::Alert => {
                "M8 2.500a4 4 0 0 1 4 4V10l1.500 2h-11L4 10V6.500a4 4 0 0 1 4-4M6.500 14h3"
            }
            Self::Wafer => {
                "M8 1.500a6.500 6.500 0 1 0 .01 0M2.500 5.500h11M1.800 10h12.400M5.500 2v12M10.500 2v12"
            }
            Self::Lot => "M2 4h12M2 8h12M2 12h12M4 2v12M12 2v12",
            Self::Inspection => "M7 2a5 5 0 1 0 .01 0M10.600 10.600L14 14M7 5v4M5 7h4",
            Self::Equipment => "M3 14V6h10v8zM5 6V3h6v3M6 9h4M2 14h12",
            Self::DefectType => "M8 2l6 6-6 6-6-6zM8 6v3M8 10.500v.5",
            Self::Import => "M8 2v8M5 7l3 3 3-3M2 11v3h12v-3",
            Self::User => "M8 2a3 3 0 1 0 .01 0M2.500 14c.5-3.500 2.500-5 5.500-5s5 1.500 5.500 5",
            Self::Menu => "M2 4h12M2 8h12M2 12h12",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Down => "M4 6l4 4 4-4",
            Self::Download => "M8 2v8M5 7l3 3 3-3M3 13h10",
            Self::Previous => "M10 3L5 8l5 5",
            Self::Next => "M6 3l5 5-5 5",
            Self::Search => "M7 2a5 5 0 1 0 .01 0M10.600 10.600L14 14",
            Self::FullScreen => "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4",
            Self::Measure => "M1.500 10.500l9-9 4 4-9 9zM4 8l1.500 1.500M6 6l2 2M8 4l1.500 1.500",
            Self::Contrast => "M8 2a6 6 0 1 0 .01 0M8 2v12M8 5h4M8 8h6M8 11h4",
            Self::Brightness => {
                "M8 5.500a2.500 2.500 0 1 0 .01 0M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.500 1.500M11.500 11.500L13 13M3 13l1.500-1.500M11.500 4.500L13 3"
            }
            Self::Keyboard => {
                "M1.500 4h13v8h-13zM4 6.500h.500M6.500 6.500h.500M9 6.500h.500M11.500 6.500h.500M4.500 9.500h7"
            }
            Self::Check => "M3 8.500l3.500 3.500L13 4.500",
            Self::Picture => "M2 3h12v10H2zM2 11l4-4 3 3 2-2 3 3M10.500 5.500v.500",
            Self::Spectrum => {
                "M1.500 13.500h13M2 12c1.500 0 1.500-9 2.500-9s1 8 2.500 8 1-4 2-4 1 5 2.500 5 1-1.500 3-1.500"
            }
        }
    }
}

/// An icon beside a text that says the same: hidden from screen readers.
#[component]
pub fn Drawn(
    /// Which.
    icon: Icon,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=icon.path()></path>
        </svg>
    }
}

/// The product's mark.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path class="logo-wafer" d="M14.200 30.900a15 15 0 1 1 3.600 0 1.900 1.900 0 0 0-3.600 0Z"></path>
            <path class="logo-dies" d="M9 6h4v6H7V8.500Zm5 0h4v6h-4Zm5 0h4l2 2.500V12h-6ZM5 13h8v6H5Zm9 0h4v6h-4Zm5 0h8v6h-8ZM7 20h6v6H9l-2-2.500Zm7 0h4v6h-4Zm5 0h6v3.500L23 26h-4Z"></path>
            <circle class="logo-defect" cx="20.500" cy="10" r="2.200"></circle>
            <circle class="logo-defect" cx="23" cy="14.500" r="1.600"></circle>
            <circle class="logo-defect" cx="11" cy="21" r="1.800"></circle>
        </svg>
    }
}
