package io.patchstream.stream.page;

import io.patchstream.stream.frame.ServedModel;
import io.patchstream.vision.model.ModelContract;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a model says of itself. */
final class ModelCard {
    private ModelCard() {}

    static Reply of(ServedModel model) {
        ModelContract contract = model.contract();
        Map<String, Object> card = new LinkedHashMap<>();
        card.put("name", contract.name());
        card.put("sha256", model.sha256());
        card.put("engine", model.engine());
        card.put("labels", contract.labels());
        card.put("preprocessing", contract.preprocessing());
        card.put("embeddingSize", contract.embeddingSize());
        card.put("temperature", contract.temperature());
        contract.conformal().ifPresent(promise -> card.put("conformal", promise));
        contract.distances().ifPresent(known -> card.put("distances", known));
        card.put("precision", contract.precision());
        card.put("flavour", contract.flavour());
        card.put("lineage", contract.lineage());
        return Reply.json(card);
    }
}
