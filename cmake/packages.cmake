# Which room knows which package (design: one room each for yaml-cpp and sentencepiece). fmt's headers come with LibTorch
# for the tensor rooms; the others take the system's.
function(heed_room_links room)
  if(TARGET heed_${room})
    target_link_libraries(heed_${room} PUBLIC ${ARGN})
  endif()
endfunction()
heed_room_links(core OpenSSL::Crypto ZLIB::ZLIB Threads::Threads nlohmann_json::nlohmann_json)
heed_room_links(config yaml-cpp)
heed_room_links(text ${SENTENCEPIECE_LIBRARY} ${SENTENCEPIECE_TRAIN_LIBRARY} nlohmann_json::nlohmann_json)
heed_room_links(tensor nlohmann_json::nlohmann_json)
heed_room_links(checkpoint nlohmann_json::nlohmann_json)
heed_room_links(eval nlohmann_json::nlohmann_json)
heed_room_links(train nlohmann_json::nlohmann_json)
heed_room_links(export nlohmann_json::nlohmann_json)
heed_room_links(watch nlohmann_json::nlohmann_json)

foreach(room tensor kernels)
  if(TARGET heed_${room})
    target_link_libraries(heed_${room} PRIVATE heed::cuda)
  endif()
endforeach()

# The CUDA twins of the kernels.
file(GLOB cuda_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/kernels/*.cu ${CMAKE_SOURCE_DIR}/src/kernels/*/*.cu)
if(HEED_WITH_CUDA AND TARGET heed_kernels AND cuda_sources)
  target_sources(heed_kernels PRIVATE ${cuda_sources})
endif()
