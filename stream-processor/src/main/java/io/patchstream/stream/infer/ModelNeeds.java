package io.patchstream.stream.infer;

import io.patchstream.vision.model.ContractException;
import io.patchstream.vision.model.KnownDistances;
import io.patchstream.vision.model.ModelContract;
import java.nio.file.Path;

/**
 * What settings ask of a model besides its answers: a model without it is refused, at the start and in a roll-out, since a rule
 * that silently never holds is worse than none.
 *
 * @param sets whether it must promise conformal sets
 * @param percent the percentage of known pictures that it must have a limit of distance for; 0 for none
 */
public record ModelNeeds(boolean sets, double percent) {
    public static final ModelNeeds NONE = new ModelNeeds(false, 0);

    /** @throws ContractException when the model lacks what is needed; the message says the setting and the way out */
    void require(Path file, ModelContract contract) {
        if (sets && contract.conformal().isEmpty()) {
            throw new ContractException(
                    file + " promises no conformal sets, which uncertain.set asks for: run ./patchstream"
                            + " evaluate --calibrate on its training and export it again, or set uncertain.set to false");
        }
        if (percent > 0
                && contract.distances().filter(known -> known.knows(percent)).isEmpty()) {
            throw new ContractException(file + " has "
                    + contract.distances()
                            .map(KnownDistances::percents)
                            .map(percents -> "limits of distance for " + percents + " % of known pictures only")
                            .orElse("no distances")
                    + ", and uncertain.distance is " + percent + ": run ./patchstream evaluate --calibrate on its"
                    + " training and export it again, or set uncertain.distance to one that it has, or to 0");
        }
    }
}
