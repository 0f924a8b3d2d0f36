/**
 * The demo's world: a conveyor belt seen by a camera, Fashion-MNIST items lying on it, and the truth of what lies there.
 *
 * <p>Training draws single pictures of it ({@link io.patchstream.trainer.scene.ConveyorScene}), the demo's clips are
 * moving ones ({@link io.patchstream.trainer.scene.Conveyor}); both are painted by the same code, so what the model
 * learned is what the camera shows. Lengths are in frame heights: {@code u} runs along the belt, {@code v} across it,
 * (0, 0) is the frame's centre. The same seed gives the same bytes on every machine and JDK.
 */
package io.patchstream.trainer.scene;
