//! The viewer of a defect's images: how the picture lies on the screen (`camera`), how grey values are
//! spread (`levels`), lengths in nm and um (`length`), how it comes here (`load`), how it is painted
//! (`paint`), what its parts share (`desk`), and the component that ties these together (`view`).

mod camera;
mod desk;
mod facts;
mod length;
mod levels;
mod load;
mod paint;
mod strip;
mod tools;
mod view;

pub use view::ImageViewer;
